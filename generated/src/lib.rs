//! Made by flowspec from `specs/`.
