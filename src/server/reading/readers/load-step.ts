/** The step that stands for all files. */
export const loadStep = 'load';
