#include <stdio.h>
#include <string.h>

#include "calculate.h"

static int failures;

static void gives(const char *expression, double expected)
{
    double result = 0;
    const char *problem = calculate(expression, &result);
    int passed = problem == NULL && result == expected;
    printf("%s  \"%s\" is %g\n", passed ? "ok  " : "FAIL", expression, expected);
    failures += !passed;
}

static void is_refused(const char *expression, const char *expected)
{
    double result;
    const char *problem = calculate(expression, &result);
    int passed = problem != NULL && strcmp(problem, expected) == 0;
    printf("%s  \"%s\" is refused: %s\n", passed ? "ok  " : "FAIL", expression, expected);
    failures += !passed;
}

int main(void)
{
    gives("42", 42);
    gives("3 4 + 2 *", 14);
    gives("10 4 - 3 /", 2);
    gives("-2.5 4 *", -10);
    is_refused("", "no value");
    is_refused("1 +", "an operator needs two values");
    is_refused("1 0 /", "division by zero");
    is_refused("1 2", "a value is left over");
    is_refused("two", "neither a number nor an operator");
    return failures == 0 ? 0 : 1;
}
