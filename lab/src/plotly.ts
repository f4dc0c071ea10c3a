import { PageConfig } from '@jupyterlab/coreutils';

/** A figure as plotly takes it. */
export interface Figure {
  data: object[];
  layout?: Record<string, unknown>;
  config?: object;
}

/** The part of plotly.js that draws figures. */
export interface Plotly {
  react(node: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  purge(node: HTMLElement): void;
  Plots: { resize(node: HTMLElement): Promise<unknown> };
}

let loading: Promise<Plotly> | undefined;

/**
 * Loads plotly with the first chart. It is no part of this bundle: the server has the file that the
 * dashboard uses, so a figure looks the same in both.
 */
export function loadPlotly(): Promise<Plotly> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${PageConfig.getOption('fullStaticUrl')}/plotly.js`;
    script.onload = () => {
      resolve((window as unknown as { Plotly: Plotly }).Plotly);
    };
    script.onerror = () => {
      loading = undefined;
      reject(new Error('plotly.js could not be loaded'));
    };
    document.head.append(script);
  });
  return loading;
}

/** Where the server has the outlines of maps. */
export function mapsAddress(): string {
  return `${PageConfig.getOption('fullStaticUrl')}/maps/`;
}
