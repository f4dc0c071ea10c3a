// Written by `daybook pipeline run` from the tables of the warehouse and the headers in sql/, and by
// `daybook notebooks check --update` from the queries of notebooks.
// Commit it with the models: notebooks are checked against it.
export {};

declare module 'daybook/pipeline' {
  interface WarehouseTables {
    /** Each item that was ever ordered, by the name that the shop gave it. */
    'bronze.item': {
      /** The name. */
      item: string | null;
      /** When it was ordered for the first time. */
      first_ordered_at: string | null;
    };
    /** Each line of an order, as the shop wrote it */
    'bronze.order_line': {
      /** When the order was placed */
      ordered_at: string;
      /** What was ordered */
      item: string;
      /** How many of it */
      quantity: number;
      /** The price of one */
      price: string;
      /** The fields of the line that have no column of their own */
      payload: unknown;
      /** Path of the file below the data folder */
      source_file: string;
      /** Line in that file, from 1 */
      line_number: bigint;
    };
    /** One row: what the models need of the configuration */
    'bronze.report_parameter': {
      only_row: boolean;
      time_zone: string;
      /** The instant of the report as configured; null: derived from the newest event */
      as_of: string | null;
    };
    /** Sales by day and item; days without a sale are not here. */
    'gold.daily_sales': {
      /** The day in the report's time zone. */
      day: string;
      /** What was sold. */
      item: string;
      /** How many were sold. */
      pieces: number;
      /** What they brought in. */
      amount: number;
    };
    /** Each line of an order with its amount, and its day in the report's time zone. */
    'silver.sale': {
      /** The day of the order. */
      day: string;
      /** What was ordered. */
      item: string;
      /** How many of it. */
      quantity: number;
      /** Quantity times price. */
      amount: string;
    };
  }

  interface Queries {
    /** Reads gold.daily_sales 31884df0 */
    '\n  select day, sum(amount)::double precision as amount, sum(pieces)::integer as pieces\n  from gold.daily_sales\n  group by day\n  order by day\n': {
      row: {
        day: string;
        amount: number;
        pieces: number;
      };
      parameters: [];
    };
    /** Reads bronze.order_line f6343a81 */
    'select * from bronze.order_line order by ordered_at limit 10': {
      row: {
        ordered_at: string;
        item: string;
        quantity: number;
        price: string;
        payload: unknown;
        source_file: string;
        line_number: bigint;
      };
      parameters: [];
    };
  }
}
