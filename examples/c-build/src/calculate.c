#include "calculate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "stack.h"

static const char *apply(struct stack *stack, char operation)
{
    double left, right;
    if (!stack_pop(stack, &right) || !stack_pop(stack, &left))
        return "an operator needs two values";
    switch (operation) {
    case '+':
        stack_push(stack, left + right);
        return NULL;
    case '-':
        stack_push(stack, left - right);
        return NULL;
    case '*':
        stack_push(stack, left * right);
        return NULL;
    default:
        if (right == 0)
            return "division by zero";
        stack_push(stack, left / right);
        return NULL;
    }
}

const char *calculate(const char *expression, double *result)
{
    struct stack stack = {.depth = 0};
    const char *next = expression;
    while (*next != '\0') {
        if (isspace((unsigned char)*next)) {
            next++;
            continue;
        }
        char *end;
        double value = strtod(next, &end);
        if (end != next) {
            if (!stack_push(&stack, value))
                return "too many values";
            next = end;
            continue;
        }
        if (strchr("+-*/", *next) == NULL)
            return "neither a number nor an operator";
        const char *problem = apply(&stack, *next++);
        if (problem != NULL)
            return problem;
    }
    if (!stack_pop(&stack, result))
        return "no value";
    return stack.depth == 0 ? NULL : "a value is left over";
}
