package doorstep
