//! Sequences that failed once, kept beside the `Cargo.toml` of the implementation: they are tried first from then on.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::Step;
use crate::{Rows, Text};

/// The folder of the sequences.
pub const FOLDER: &str = "conformance-regressions";

/// The file in which the failing sequences of one flow are kept.
#[derive(Debug, Clone)]
pub struct Regressions {
    file: PathBuf,
}

/// A sequence that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What was tried.
    pub title: String,
    /// The path of the statement that it was about.
    pub requirement: String,
    /// The rows that its universe began with.
    #[serde(default, skip_serializing_if = "Rows::is_empty")]
    pub rows: Rows,
    /// What was done.
    pub steps: Vec<Step>,
}

impl Regressions {
    /// Those of a flow, beside the `Cargo.toml` in this folder.
    pub fn new(home: &Path, flow: &Text) -> Self {
        Self { file: home.join(FOLDER).join(format!("{flow}.json")) }
    }

    /// Where they are kept.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// The sequences; none if there is no file.
    ///
    /// # Errors
    /// Where the file is there and cannot be read.
    pub fn read(&self) -> io::Result<Vec<Kept>> {
        match fs::read_to_string(&self.file) {
            Ok(text) => parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Adds a sequence, unless it is there; other tests that fail at the same time add theirs.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub fn keep(&self, kept: Kept) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.file)?;
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let mut all = parse(&text)?;
        if !all.iter().any(|known| known.steps == kept.steps && known.rows == kept.rows) {
            all.push(kept);
            rewrite(&mut file, &all)?;
        }
        file.unlock()
    }
}

fn parse(text: &str) -> io::Result<Vec<Kept>> {
    if text.trim().is_empty() { Ok(Vec::new()) } else { serde_json::from_str(text).map_err(io::Error::from) }
}

/// A sequence a line, so that a review shows what was added.
fn rewrite(file: &mut File, all: &[Kept]) -> io::Result<()> {
    let lines = all.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(format!("[\n{}\n]\n", lines.join(",\n")).as_bytes())
}
