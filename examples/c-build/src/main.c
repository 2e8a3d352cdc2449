#include <stdio.h>

#include "calculate.h"

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s 'EXPRESSION'\n", argv[0]);
        return 2;
    }
    double result;
    const char *problem = calculate(argv[1], &result);
    if (problem != NULL) {
        fprintf(stderr, "%s: %s\n", argv[1], problem);
        return 1;
    }
    printf("%g\n", result);
    return 0;
}
