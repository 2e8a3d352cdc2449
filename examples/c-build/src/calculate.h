#ifndef CALCULATE_H
#define CALCULATE_H

/* Evaluates an expression in reverse Polish notation. Returns NULL, or what is wrong with it. */
const char *calculate(const char *expression, double *result);

#endif
