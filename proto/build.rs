//! Compiles the `.proto` files without `protoc` and keeps the descriptor set for reflection and JSON.
use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<_> = ["issue", "customer", "event", "operations"]
        .iter()
        .map(|name| format!("davy/v1/{name}_service.proto"))
        .chain(["davy/v1/model.proto".to_owned()])
        .collect();
    let set = protox::compile(&files, ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("davy.v1.bin"), set.encode_to_vec())?;
    tonic_prost_build::configure().bytes(".davy.v1").compile_fds(set)?;
    println!("cargo:rerun-if-changed=davy");
    Ok(())
}
