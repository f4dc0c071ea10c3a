// Values of parameters that the readers of a notebook may choose.

/** A value of a parameter that may be chosen. */
export type ChoiceValue = string | number | boolean | null;

/** A value with its label. */
export interface ChoiceOption {
  readonly value: ChoiceValue;
  readonly label: string;
}

/** A parameter whose value readers may choose. */
export interface ChoiceParameter {
  readonly name: string;
  readonly label: string;
  /** In the order of the declaration, or of the query. */
  readonly options: readonly ChoiceOption[];
  /** The value in the notebook: addresses without one mean it. */
  readonly standing: ChoiceValue;
}

/** Values of parameters, by name. */
export type ChosenValues = Readonly<Record<string, ChoiceValue>>;

/** A value as addresses have it. */
export function choiceText(value: ChoiceValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
