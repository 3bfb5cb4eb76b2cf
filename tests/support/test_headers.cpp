// Compiles nothing: the program that owns the headers that all tests include, parsed once.
