//! The Git state of a checkout.
