//! Compiles the `.proto` files without `protoc` and keeps the descriptor set for reflection and JSON.
use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<_> = ["issue", "customer", "directory", "event", "operations", "oncall", "pager"]
        .iter()
        .map(|name| format!("davy/v1/{name}_service.proto"))
        .chain(
            ["model", "watch", "work", "commands", "identity", "ping"]
                .map(|name| format!("davy/v1/{name}.proto")),
        )
        .collect();
    let set = protox::compile(&files, ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("davy.v1.bin"), set.encode_to_vec())?;
    tonic_prost_build::configure().bytes(".davy.v1").compile_fds(set)?;
    fs::write(out.join("schemas.rs"), schemas()?)?;
    println!("cargo:rerun-if-changed=davy");
    println!("cargo:rerun-if-changed=schemas");
    Ok(())
}

/// The JSON Schemas of the events as one constant: `(type, schema)`.
fn schemas() -> Result<String, Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("schemas");
    fs::create_dir_all(&folder)?;
    let mut files: Vec<_> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut code = String::from(
        "/// The JSON Schema of each type's `data`, by type.\npub const SCHEMAS: &[(&str, &str)] = &[\n",
    );
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a schema's name is not UTF-8")?;
        if name != "asyncapi" {
            code.push_str(&format!("    ({name:?}, include_str!({file:?})),\n"));
        }
    }
    code.push_str("];\n");
    Ok(code)
}
