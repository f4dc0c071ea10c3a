'use strict';

/**
 * What danfojs-node needs of `@tensorflow/tfjs-node`, in plain JavaScript. The real package downloads a
 * native library when it is installed, and `@tensorflow/tfjs`, which could replace it, brings models,
 * layers, WebGL and every bundle of them, 273 MB that danfojs never touches.
 */
const core = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');

// Without it the backend advises, at its first use, to install the native package.
core.env().set('PROD', true);

/** The operations that danfojs calls as methods of a tensor; tfjs-core has them as functions only. */
const methods = [
  ...['add', 'sub', 'mul', 'div', 'divNoNan', 'mod', 'pow', 'sqrt', 'transpose'],
  ...['min', 'max', 'mean', 'argMin', 'argMax'],
  ...['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'],
];
for (const method of methods) {
  core.Tensor.prototype[method] = function (...parameters) {
    return core[method](this, ...parameters);
  };
}

module.exports = { ...core, data: require('@tensorflow/tfjs-data') };
