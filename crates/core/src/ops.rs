//! The operations of the product.

/// Progress of an operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {}
