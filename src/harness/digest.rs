//! By what a spec is known to whoever reads a report: a digest of the flow's model.

use flowspec_runtime::model::Model;
use sha2::{Digest, Sha256};

/// `sha256:` and 64 hexadecimal digits, of the model as JSON (`docs/model.md`).
pub fn digest(model: &Model) -> String {
    let json = serde_json::to_vec(model).unwrap_or_default();
    let bytes = Sha256::digest(json);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
