//! Files into a lake.
