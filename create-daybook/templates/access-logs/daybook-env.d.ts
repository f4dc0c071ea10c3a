// Written by `daybook pipeline run` from the tables of the warehouse and the headers in sql/, and by
// `daybook notebooks check --update` from the queries of notebooks.
// Commit it with the models: notebooks are checked against it.
export {};

declare module 'daybook/pipeline' {
  interface WarehouseTables {
    /** One row: what the models need of the configuration */
    'bronze.report_parameter': {
      only_row: boolean;
      time_zone: string;
      /** The instant of the report as configured; null: derived from the newest event */
      as_of: string | null;
    };
    /** Each accepted line of the web servers' access logs, once */
    'bronze.web_access': {
      /** When the request was answered */
      requested_at: string;
      /** Address or name of whoever asked */
      host: string;
      /** HTTP status of the answer */
      status: number;
      /** Bytes of the answer without its head; null when there were none */
      bytes: bigint | null;
      /** The fields of the line that have no column of their own */
      payload: unknown;
      /** Path of the file below the data folder */
      source_file: string;
      /** Line in that file, from 1 */
      line_number: bigint;
    };
    /** Each accepted line of the access logs that are written as JSON, once */
    'bronze.web_access_json': {
      /** When the request was answered */
      requested_at: string;
      /** Address of whoever asked */
      host: string;
      /** The HTTP method */
      method: string;
      /** The path as it was sent */
      path: string;
      /** HTTP status of the answer */
      status: number;
      /** Bytes of the answer; null when there were none */
      bytes: bigint | null;
      /** How long the answer took, in milliseconds */
      duration: number | null;
      /** The fields of the line that have no column of their own */
      payload: unknown;
      /** Path of the file below the data folder */
      source_file: string;
      /** Line in that file, from 1 */
      line_number: bigint;
    };
    /** Pages by how often they were read: successful GET requests of paths that are no file, over all days. */
    'gold.page_views': {
      /** The path without what follows a question mark. */
      path: string;
      /** How often it was asked for. */
      views: number;
      /** Different addresses that asked for it. */
      hosts: number;
    };
    /** Requests to the web servers by day; days without a request are not here. */
    'gold.web_traffic_daily': {
      /** The day in the report's time zone. */
      day: string;
      /** All requests. */
      requests: number;
      /** Different addresses that asked. */
      hosts: number;
      /** Requests answered with a status of 500 or more. */
      errors: number;
      /** Bytes of all answers. */
      bytes: string;
      /** Milliseconds in which 95 of 100 answers were there; null where no log says it. */
      p95_duration: number | null;
    };
    /** One row for each request in the access logs of either format, its request line taken apart. */
    'silver.web_request': {
      /** When the request was answered. */
      requested_at: string;
      /** Its day in the report's time zone. */
      day: string;
      /** Address or name of whoever asked. */
      host: string;
      /** The HTTP method, like GET; null when the request line is no HTTP. */
      method: string | null;
      /** The path without what follows a question mark; null as above. */
      path: string | null;
      /** HTTP status of the answer. */
      status: number;
      /** Bytes of the answer; null when there were none. */
      bytes: bigint | null;
      /** How long the answer took, in milliseconds; only JSON lines say it. */
      duration: number | null;
      /** File that the line was read from, below the data folder. */
      source_file: string | null;
      /** The line's number in that file, from 1. */
      line_number: bigint | null;
    };
  }

  interface Queries {
    /** Reads silver.web_request e875be9b */
    '\n  select requested_at, host, method, path, status\n  from silver.web_request\n  where status >= 500\n  order by requested_at\n  limit 20\n': {
      row: {
        requested_at: string;
        host: string;
        method: string | null;
        path: string | null;
        status: number;
      };
      parameters: [];
    };
    /** Reads gold.page_views 061ef27a */
    'select path, views, hosts from gold.page_views order by views desc, path': {
      row: {
        path: string;
        views: number;
        hosts: number;
      };
      parameters: [];
    };
    /** Reads gold.web_traffic_daily c5ce66ce */
    'select day, requests, hosts, errors, bytes, p95_duration from gold.web_traffic_daily order by day': {
      row: {
        day: string;
        requests: number;
        hosts: number;
        errors: number;
        bytes: string;
        p95_duration: number | null;
      };
      parameters: [];
    };
  }
}
