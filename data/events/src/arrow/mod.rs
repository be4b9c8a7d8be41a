//! Arrow (in work).
