//! A store in maps.
