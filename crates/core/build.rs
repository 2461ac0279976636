//! Registers the Dagster+ schema, so that every operation is checked against it at compile time.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    cynic_codegen::register_schema("dagster").from_sdl_file("schema.graphql")?.as_default()?;
    Ok(())
}
