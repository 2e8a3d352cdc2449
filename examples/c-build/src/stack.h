#ifndef STACK_H
#define STACK_H

#include <stdbool.h>

enum { STACK_CAPACITY = 64 };

struct stack {
    double values[STACK_CAPACITY];
    int depth;
};

/* Both return false, and leave the stack alone, when there is no room or no value. */
bool stack_push(struct stack *stack, double value);
bool stack_pop(struct stack *stack, double *value);

#endif
