"""Programs for developers: benchmarks, fuzzing, set-up. Never imported by the packages."""
