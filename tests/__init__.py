"""Tests, by kind: vectors, unit, property, integration, faults, browser, e2e, bench."""
