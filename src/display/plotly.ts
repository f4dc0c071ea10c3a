/**
 * The part of plotly's figures that notebooks write most, as types. They are open: every attribute of
 * https://plotly.com/javascript/reference/ may be given. (@types/plotly.js needs a newer TypeScript
 * than the one that reads these in notebooks.)
 */

/** The values along one direction, as rows of the warehouse give them. */
export type PlotlyValues = readonly (string | number | bigint | boolean | Date | null)[];

/** How a line is drawn. */
export interface PlotlyLine {
  color?: string;
  width?: number;
  dash?: 'solid' | 'dot' | 'dash' | 'longdash' | 'dashdot';
  shape?: 'linear' | 'spline' | 'hv' | 'vh' | 'hvh' | 'vhv';
  [attribute: string]: unknown;
}

/** How points, bars and slices are drawn; arrays have an entry for each. */
export interface PlotlyMarker {
  color?: string | readonly (string | number)[];
  symbol?: string | readonly string[];
  size?: number | readonly number[];
  opacity?: number | readonly number[];
  line?: PlotlyLine;
  [attribute: string]: unknown;
}

/** One series of a chart. */
export interface PlotlyTrace {
  /** What it is drawn as. Default `scatter`. */
  type?: 'scatter' | 'bar' | 'pie' | 'heatmap' | 'box' | 'histogram' | (string & {});
  /** The name that the legend shows. */
  name?: string;
  x?: PlotlyValues;
  y?: PlotlyValues;
  /** Rows of cells, as in heat maps; or one value for each point or place, as on maps. */
  z?: PlotlyValues | readonly PlotlyValues[];
  /** Names of a pie's slices. */
  labels?: PlotlyValues;
  /** Sizes of a pie's slices. */
  values?: PlotlyValues;
  /** Places of a map, by their `locationmode`. */
  locations?: PlotlyValues;
  /**
   * How a map's places are called. `ISO-3166-2`: provinces, states and territories of Australia, Brazil, Canada and
   * the United States, by code (`CA-QC`) or name (`Quebec`); their outlines come along.
   */
  locationmode?:
    | 'ISO-3'
    | 'country names'
    | 'USA-states'
    | 'geojson-id'
    | 'ISO-3166-2'
    | (string & {});
  /** Text of each point. */
  text?: string | readonly string[];
  /** For `scatter`: `lines`, `markers`, `text`, or several joined by `+`. */
  mode?: string;
  /** `h`: bars lie. */
  orientation?: 'h' | 'v';
  line?: PlotlyLine;
  marker?: PlotlyMarker;
  /** What a point shows when it is pointed at, like `%{y:,} customers<extra></extra>`. */
  hovertemplate?: string;
  showlegend?: boolean;
  [attribute: string]: unknown;
}

/** An axis. */
export interface PlotlyAxis {
  /** What runs along it, with its unit. */
  title?: { text: string; [attribute: string]: unknown };
  type?: '-' | 'linear' | 'log' | 'date' | 'category' | 'multicategory';
  /** From and to. */
  range?: readonly unknown[];
  /** `tozero`: begins at zero, which bars should. */
  rangemode?: 'normal' | 'tozero' | 'nonnegative';
  /** d3-format for numbers (`,d`, `.1%`), d3-time-format for dates (`%b %Y`). */
  tickformat?: string;
  ticksuffix?: string;
  [attribute: string]: unknown;
}

/** Everything about a chart that is not its data. Its title is an option of {@link plot}. */
export interface PlotlyLayout {
  xaxis?: PlotlyAxis;
  yaxis?: PlotlyAxis;
  yaxis2?: PlotlyAxis;
  /** How bars of several series stand to each other. */
  barmode?: 'stack' | 'group' | 'overlay' | 'relative';
  showlegend?: boolean;
  hovermode?: 'x' | 'y' | 'closest' | 'x unified' | 'y unified' | false;
  /** In pixels. Default 450. */
  height?: number;
  annotations?: readonly Record<string, unknown>[];
  shapes?: readonly Record<string, unknown>[];
  [attribute: string]: unknown;
}
