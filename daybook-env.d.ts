// Written by `daybook pipeline run` from the tables of the warehouse and the headers in sql/, and by
// `daybook notebooks check --update` from the queries of notebooks.
// Commit it with the models: notebooks are checked against it.
export {};

declare module 'daybook/pipeline' {
  interface WarehouseTables {
    /** Each accepted line of the logs, once */
    'bronze.log_event': {
      account: bigint;
      occurred_at: string;
      log_type: string;
      level: string | null;
      /** The fields of the line that have no column of their own */
      payload: unknown;
      /** Path of the file below the data folder */
      source_file: string;
      /** Line in that file, from 1 */
      line_number: bigint;
    };
    /** Every LOGIN line of the logs. Logins are what the analyses take for use of the service: page accesses and uploads follow a login within minutes and say nothing new about whether a customer is still there. */
    'bronze.login': {
      /** The customer's account number. */
      account: bigint | null;
      /** When the customer logged in. */
      occurred_at: string | null;
      /** How, in the logs' words; so far always "web login". */
      details: string | null;
      /** File that the line was read from, below the data folder. */
      source_file: string | null;
      /** The line's number in that file, from 1. */
      line_number: bigint | null;
    };
    /** Every PLAN_CHANGE line of the logs, with the fields of its `details` object as they came. `silver.plan_change` numbers the changes of each customer. A table, because these lines are few among all events. */
    'bronze.plan_change': {
      /** The customer's account number. */
      account: bigint | null;
      /** When the line says that the plan changed. Some lines carry the offset from UTC of the customer's sign-up rather than the one in force: the instant is right all the same, and only the wall clock in the line is an hour off. */
      occurred_at: string | null;
      /** The date inside `details`, uninterpreted; so far always the date of the line itself. */
      change_date: string | null;
      /** The plan left, in the logs' words; null when `details` is not an object that has it. */
      from_plan: string | null;
      /** The plan taken, in the logs' words; null when `details` is not an object that has it. */
      to_plan: string | null;
      /** File that the line was read from, below the data folder. */
      source_file: string | null;
      /** The line's number in that file, from 1. */
      line_number: bigint | null;
    };
    /** One row: what the models need of the configuration */
    'bronze.report_parameter': {
      only_row: boolean;
      time_zone: string;
      /** The instant of the report as configured; null: derived from the newest event */
      as_of: string | null;
    };
    /** Every SIGN_UP line of the logs with its fields as they came: one row a line, nothing cleaned and nothing left out. `silver.sign_up` has one row a customer. A table, because these lines are few among all events. */
    'bronze.sign_up': {
      /** The customer's account number. */
      account: bigint | null;
      /** When the line says that the customer signed up. */
      occurred_at: string | null;
      /** The plan chosen, in the logs' words (PLAN_BRONZE and so on); null when the line has none. */
      plan: string | null;
      /** First name as typed by the customer. */
      firstname: string | null;
      /** Last name as typed by the customer. */
      lastname: string | null;
      /** Postal address on one line, still in the single quotes that the logs put around it. */
      address: string | null;
      /** File that the line was read from, below the data folder. */
      source_file: string | null;
      /** The line's number in that file, from 1. */
      line_number: bigint | null;
    };
    /** Where customers live, at the end of each year: one row for each year of the report and each province that has a sign-up at any time in the report. Customers count by the province of their sign-up address; those who never signed up have none and are not here. */
    'gold.customers_by_province': {
      /** Calendar year in the report's time zone. */
      year: number;
      /** Province or territory by today's Canada Post code (the logs' NF is NL); "unknown" when the address does not end in a province and a postal code. */
      province: string;
      /** Customers of the province who signed up in or before the year. */
      signups: number;
      /** Customers of the province at the year's end whose first login was before it and who had not churned in the year or earlier. */
      active_customers: number;
    };
    /** How many customers came, left and stayed, month by month, from the month of the first event to that of the last before as-of; months in which nobody left are there too. A customer is new in the month of the first login and churned in the month of the last one, once that lies at least 30 × 24 hours before as-of; a customer who comes back after a gap is not churned. The books balance: active = active of the month before + new − churned. */
    'gold.monthly_churn': {
      /** First day of the calendar month in the report's time zone. */
      month: string;
      /** Customers whose first login is in the month. */
      new_customers: number;
      /** Customers who churned and whose last login is in the month. */
      churned_customers: number;
      /** Customers at the month's end whose first login was before it and who had not churned in the month or earlier. */
      active_customers: number;
      /** Churned in the month divided by active at its end, 0 and up; null when nobody is active. */
      churn_rate: number | null;
      /** Whether the whole month can be judged already: it ended at least 30 × 24 hours before as-of. In a month that is not complete, churned customers may still be missing. */
      is_complete: boolean;
    };
    /** Where customers go who leave the plan that they signed up on, and how long they take: one row for each ordered pair of two different plans, also when nobody went that way. Of each customer only the first change away from the plan of sign-up counts, and only one that comes after the sign-up. */
    'gold.plan_change': {
      /** The plan of sign-up, in the logs' words. */
      from_plan: string;
      /** The plan changed to, in the logs' words. */
      to_plan: string;
      /** Customers whose first change away from their plan of sign-up went this way. */
      customers: number;
      /** Their average time from sign-up to the change in days of 24 hours, with fractions; null when there are none. */
      average_days: number | null;
    };
    /** Which plans customers choose when they sign up, year by year: one row for each plan that somebody chose in the year. */
    'gold.signup_plan': {
      /** Calendar year of the sign-up in the report's time zone. */
      year: number;
      /** The plan chosen, in the logs' words; "unknown" when the sign-up names none. */
      plan: string;
      /** Customers who signed up on this plan in this year. */
      signups: number;
      /** Their share of all sign-ups of the year, from 0 to 1. */
      share: number;
    };
    /** One row for each account that signed up or logged in before as-of: where it came from, when it was first and last seen, and whether it churned. The analyses of churn and geography count these rows. */
    'silver.customer': {
      /** The customer's account number. */
      account: bigint;
      /** When the customer signed up; null for an account whose sign-up is not in the logs. */
      signed_up_at: string | null;
      /** The calendar year of the sign-up; null without one. */
      signup_year: number | null;
      /** The plan chosen at sign-up; null without one. */
      plan: string | null;
      /** Province or territory of the sign-up address, or "unknown"; null without a sign-up. */
      province: string | null;
      /** The first login before as-of; null for a customer who never logged in. */
      first_login_at: string | null;
      /** First day of the month of the first login, the month in which the customer is new. */
      first_login_month: string | null;
      /** The last login before as-of; null for a customer who never logged in. */
      last_login_at: string | null;
      /** The last login of a customer who churned, that is, one whose last login was at least 30 × 24 hours before as-of; null for a customer who is still there or who never logged in. Somebody who came back after a gap, however long, has not churned. */
      churned_at: string | null;
      /** First day of the month in which the customer counts as churned, that of the last login. */
      churned_month: string | null;
    };
    /** Logins before as-of by customer and month: one row for each month in which a customer logged in. Only the months in which logins came or went since the last run are counted again. */
    'silver.login_month': {
      /** The customer's account number. */
      account: bigint;
      /** First day of the calendar month in the report's time zone. */
      month: string;
      /** The customer's logins in the month, at least 1. */
      logins: bigint;
      /** The first of them. */
      first_login_at: string;
      /** The last of them. */
      last_login_at: string;
    };
    /** The calendar months of the report, from that of the first event to that of the last event before as-of, with no month left out. Months begin at midnight in the report's time zone. */
    'silver.month': {
      /** First day of the month. */
      month: string;
      /** The month's calendar year. */
      year: number;
      /** The instant at which the month begins, inclusive. */
      starts_at: string;
      /** The instant at which the next month begins, exclusive. */
      ends_at: string;
    };
    /** Every plan that a sign-up or a change of plan before as-of names. */
    'silver.plan': {
      /** The plan's name in the logs' words, like PLAN_BRONZE. */
      plan: string;
    };
    /** Changes of plan before as-of, each customer's numbered in the order in which they happened. Lines that do not name both plans stay in `bronze.plan_change`. */
    'silver.plan_change': {
      /** The customer's account number. */
      account: bigint;
      /** 1 for the customer's first change, 2 for the next. */
      change_number: number;
      /** When the plan changed. */
      changed_at: string;
      /** The plan left, in the logs' words. */
      from_plan: string;
      /** The plan taken, in the logs' words. */
      to_plan: string;
    };
    /** What every other model needs to know about the report: the time zone in which days, months and years are counted, the instant as of which it speaks, and the first and last event before that instant. One row. Events at or after the as-of instant do not exist for the report. */
    'silver.report': {
      /** IANA name of the report's time zone, like America/Toronto. */
      time_zone: string;
      /** The instant of the report: as configured, or else the start of the day after the newest event, in the report's time zone. Null only when there is no event and none is configured. */
      as_of: string | null;
      /** The oldest event before as-of, of any type; null when there is none. */
      first_event_at: string | null;
      /** The newest event before as-of, of any type; null when there is none. */
      last_event_at: string | null;
    };
    /** Who signed up, when, on which plan and from where: one row for each customer who signed up before as-of. Of several SIGN_UP lines of one account the first counts. */
    'silver.sign_up': {
      /** The customer's account number. */
      account: bigint;
      /** When the customer first signed up. */
      signed_up_at: string;
      /** The calendar year of the sign-up in the report's time zone. */
      signup_year: number;
      /** The plan chosen at sign-up, in the logs' words; "unknown" when the line has none. */
      plan: string;
      /** The postal address as typed, without the quotes that the logs put around it. */
      address: string | null;
      /** Province or territory by today's Canada Post code, read from the end of the address. The logs' NF is Newfoundland and Labrador, NL since 2002. "unknown" when the address does not end in a province and a postal code, so that the customer still counts. */
      province: string;
    };
    /** What each file of the logs holds of the report: its events before as-of. From this `silver.report` knows the first and the last event without looking at all of them. */
    'silver.source_file': {
      /** The file's path below the data folder. */
      source_file: string;
      /** Its events before as-of, of any type. */
      events: bigint;
      /** The oldest of them. */
      first_event_at: string;
      /** The newest of them. */
      last_event_at: string;
    };
    /** The calendar years of the report, from that of the first event to that of the last event before as-of. Years begin at midnight in the report's time zone. */
    'silver.year': {
      /** The calendar year. */
      year: number;
      /** The instant at which the next year begins, exclusive. */
      ends_at: string;
    };
  }

  interface Queries {
    /** Reads ops.source_file - */
    '\n  select\n    count(*) as files,\n    coalesce(sum(loaded_count), 0)::bigint as lines,\n    coalesce(sum(rejected_count), 0)::bigint as rejected\n  from ops.source_file\n': {
      row: {
        files: bigint;
        lines: bigint;
        rejected: bigint;
      };
      parameters: [];
    };
    /** Reads silver.report f0f32d54 */
    "\n  select\n    time_zone,\n    to_char(as_of at time zone time_zone, 'YYYY-MM-DD') as as_of,\n    to_char(as_of at time zone time_zone, 'HH24:MI') as as_of_time\n  from silver.report\n": {
      row: {
        time_zone: string;
        as_of: string | null;
        as_of_time: string | null;
      };
      parameters: [];
    };
    /** Reads silver.report f0f32d54, silver.year 4e0c7b2e */
    "\n  select\n    to_char(as_of at time zone time_zone, 'YYYY-MM-DD') as as_of,\n    coalesce((select max(ends_at) <= as_of from silver.year), true) as last_year_is_over\n  from silver.report\n": {
      row: {
        as_of: string | null;
        last_year_is_over: boolean;
      };
      parameters: [];
    };
    /** Reads gold.monthly_churn 9f3688f7 */
    '\n  select month, new_customers, churned_customers, active_customers, churn_rate, is_complete\n  from gold.monthly_churn\n  order by month\n': {
      row: {
        month: string;
        new_customers: number;
        churned_customers: number;
        active_customers: number;
        churn_rate: number | null;
        is_complete: boolean;
      };
      parameters: [];
    };
    /** Reads silver.report f0f32d54 */
    "\n  select to_char(as_of at time zone time_zone, 'YYYY-MM-DD') as as_of\n  from silver.report\n": {
      row: {
        as_of: string | null;
      };
      parameters: [];
    };
    /** Reads gold.signup_plan 4a75fca3 */
    '\n  select year, plan, signups, share\n  from gold.signup_plan\n  order by year, signups desc, plan\n': {
      row: {
        year: number;
        plan: string;
        signups: number;
        share: number;
      };
      parameters: [];
    };
    /** Reads gold.customers_by_province 3023de9a */
    '\n  select year, province, signups, active_customers\n  from gold.customers_by_province\n  order by year, active_customers desc, signups desc, province\n': {
      row: {
        year: number;
        province: string;
        signups: number;
        active_customers: number;
      };
      parameters: [];
    };
    /** Reads bronze.log_event 31ea4c74, silver.report f0f32d54 */
    "\n  with\n    login as (\n      select\n        account,\n        occurred_at,\n        occurred_at - lag(occurred_at) over (partition by account order by occurred_at) as gap\n      from bronze.log_event, silver.report\n      where log_type = 'LOGIN' and occurred_at < as_of\n    ),\n    customer as (\n      select max(occurred_at) as last_login, max(gap) as longest_gap\n      from login\n      group by account\n    )\n  select\n    count(*) as logged_in,\n    count(*) filter (where last_login <= as_of - interval '720 hours') as gone,\n    max(extract(epoch from longest_gap) / 86400)::float8 as longest_gap_days,\n    count(*) filter (where longest_gap >= interval '720 hours') as late_returns\n  from customer, silver.report\n": {
      row: {
        logged_in: bigint;
        gone: bigint;
        longest_gap_days: number | null;
        late_returns: bigint;
      };
      parameters: [];
    };
    /** Reads bronze.log_event 31ea4c74, silver.report f0f32d54, silver.sign_up 860b39bc */
    "\n  with customer as (\n    select\n      account,\n      bool_or(log_type = 'SIGN_UP') as signed_up,\n      max(occurred_at) filter (where log_type = 'LOGIN') as last_login\n    from bronze.log_event, silver.report\n    where occurred_at < as_of\n    group by account\n  )\n  select\n    count(*) filter (where signed_up) as signups,\n    count(*) filter (where signed_up and last_login > as_of - interval '720 hours') as active,\n    (select count(*) from silver.sign_up where province = 'unknown') as without_province\n  from customer, silver.report\n": {
      row: {
        signups: bigint;
        active: bigint;
        without_province: bigint;
      };
      parameters: [];
    };
    /** Reads bronze.log_event 31ea4c74, silver.report f0f32d54 */
    "\n  with customer as (\n    select\n      account,\n      bool_or(log_type = 'SIGN_UP') as signed_up,\n      max(occurred_at) filter (where log_type = 'PLAN_CHANGE') as changed_at,\n      max(occurred_at) filter (where log_type = 'LOGIN') as last_login\n    from bronze.log_event, silver.report\n    where occurred_at < as_of\n    group by account\n  )\n  select\n    count(*) filter (where signed_up) as signups,\n    count(*) filter (where signed_up and changed_at is not null) as changed,\n    count(*) filter (where signed_up and changed_at > last_login) as after_last_login\n  from customer\n": {
      row: {
        signups: bigint;
        changed: bigint;
        after_last_login: bigint;
      };
      parameters: [];
    };
    /** Reads gold.plan_change db007aff */
    '-- Read the changes of plan\nselect from_plan, to_plan, customers, average_days\nfrom gold.plan_change\norder by customers desc, from_plan, to_plan': {
      row: {
        from_plan: string;
        to_plan: string;
        customers: number;
        average_days: number | null;
      };
      parameters: [];
    };
  }
}
