#include "stack.h"

bool stack_push(struct stack *stack, double value)
{
    if (stack->depth == STACK_CAPACITY)
        return false;
    stack->values[stack->depth++] = value;
    return true;
}

bool stack_pop(struct stack *stack, double *value)
{
    if (stack->depth == 0)
        return false;
    *value = stack->values[--stack->depth];
    return true;
}
