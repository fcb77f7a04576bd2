//! `flowspec diff`: how two versions of specs differ, and how their version must be raised.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use clap::{Args, ValueEnum};

use super::console::Console;
use super::failure::{Failure, Outcome};
use super::loader::Project;
use super::progress::Progress;
use crate::diff::{Level, compare, human, json, markdown};
use crate::{Compiled, compile};

/// Says what callers notice of a change of specs, what implementers must change, and what only the pages show
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 if the version is raised by less than --deny says, 1 if by that or more (or a spec has errors), 2 wrong usage.

Examples:
  flowspec diff old/sign_in.flow new/sign_in.flow
  flowspec diff --against git:main specs        specs as they are here, beside those of a branch
  flowspec diff --against git:v1.2 --deny major for CI: fails where callers would be broken
  flowspec diff --against git:HEAD~1 --as markdown > changes.md")]
pub(super) struct Diff {
    /// The old specs and the new ones; with --against, the new ones alone (specs, unless given).
    #[arg(num_args = 0..=2, value_name = "OLD NEW")]
    paths: Vec<PathBuf>,

    /// The old specs as they are in a revision of git: `git:main`, `git:v1.2`, `git:HEAD~3`.
    #[arg(long, value_name = "git:REV")]
    against: Option<String>,

    /// From which level on a change of the version fails.
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    deny: Deny,

    /// How the report is written.
    #[arg(long = "as", value_enum, default_value_t, value_name = "FORM")]
    form: Form,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Deny {
    /// Fail wherever anything differs.
    Patch,
    /// Fail where implementers must change something.
    Minor,
    /// Fail where callers notice something.
    #[default]
    Major,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Form {
    /// For people.
    #[default]
    Text,
    /// A page.
    Markdown,
    /// For tools.
    Json,
}

impl Diff {
    pub(super) fn run(&self, console: &Console) -> Result<Outcome, Failure> {
        let progress = Progress::start(console, "comparing");
        let (old, new) = self.projects()?;
        let (before, now) = (compile(&old.sources, &old.parsed), compile(&new.sources, &new.parsed));
        for (project, compiled) in [(&old, &before), (&new, &now)] {
            if compiled.has_errors() {
                drop(progress);
                return console.report(&compiled.diagnostics, &project.sources);
            }
        }
        let comparison = compared(&before, &now);
        drop(progress);
        console.print(&match self.form {
            Form::Text => human(&comparison),
            Form::Markdown => markdown(&comparison),
            Form::Json => serde_json::to_string_pretty(&json(&comparison)).map_err(Failure::fault)? + "\n",
        })?;
        let denied = match self.deny {
            Deny::Patch => Level::Patch,
            Deny::Minor => Level::Minor,
            Deny::Major => Level::Major,
        };
        Ok(if comparison.level() >= denied { Outcome::Findings } else { Outcome::Fine })
    }

    fn projects(&self) -> Result<(Project, Project), Failure> {
        match (&self.against, self.paths.as_slice()) {
            (None, [old, new]) => Ok((load(old)?, load(new)?)),
            (None, _) => Err(Failure::usage("two versions of specs are needed")
                .help("flowspec diff OLD NEW, or flowspec diff --against git:REV [PATH]")),
            (Some(_), [_, _]) => Err(Failure::usage("with --against, only the new specs are named")
                .help("flowspec diff --against git:REV [PATH]")),
            (Some(revision), paths) => {
                let path = paths.first().map_or(Path::new("specs"), PathBuf::as_path);
                let Some(revision) = revision.strip_prefix("git:").filter(|revision| !revision.is_empty())
                else {
                    return Err(Failure::usage(format!("`{revision}` names no revision of git"))
                        .help("write it with its kind: --against git:main"));
                };
                Ok((Revision::new(revision, path)?.load()?, load(path)?))
            }
        }
    }
}

fn load(path: &Path) -> Result<Project, Failure> {
    Project::load(std::slice::from_ref(&path.to_path_buf()))
}

fn compared(old: &Compiled, new: &Compiled) -> crate::diff::Comparison {
    compare(&old.models, &new.models)
}

/// The specs of a revision, written to a folder that goes when they were read.
struct Revision {
    folder: PathBuf,
    path: PathBuf,
}

impl Revision {
    /// Takes every spec of the revision and every Markdown file beside one, for specs use one another and name facts.
    fn new(revision: &str, path: &Path) -> Result<Self, Failure> {
        let near = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        let near = if near.as_os_str().is_empty() { Path::new(".") } else { near };
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let prefix = text(git(near, ["rev-parse", "--show-prefix"])?);
        let within = PathBuf::from(prefix.trim_end_matches(['\n', '/']));
        let path = if path.is_dir() { within } else { within.join(path.file_name().unwrap_or_default()) };
        // What begins with a minus would be an option of git.
        let commit = format!("{revision}^{{commit}}");
        let commit = text(
            git(near, ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
                .map_err(|_| Failure::usage(format!("git knows no revision `{revision}` here")))?,
        );
        let commit = commit.trim();
        let names = text(git(near, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit])?);
        let names: Vec<&Path> = names.split('\0').filter(|name| !name.is_empty()).map(Path::new).collect();
        let is = |name: &Path, kind: &str| name.extension() == Some(OsStr::new(kind));
        let beside =
            |name: &Path| names.iter().any(|other| is(other, "flow") && other.parent() == name.parent());
        let folder = env::temp_dir().join(format!("flowspec-diff-{}", std::process::id()));
        let taken = Self { folder, path };
        for name in names.iter().filter(|name| is(name, "flow") || is(name, "md") && beside(name)) {
            let bytes = git(near, ["cat-file", "blob", &format!("{commit}:{}", name.display())])?;
            let file = taken.folder.join(name);
            let refused = |error: std::io::Error| Failure::file("write", &file, &error);
            fs::create_dir_all(file.parent().unwrap_or(&taken.folder)).map_err(refused)?;
            fs::write(&file, bytes).map_err(refused)?;
        }
        Ok(taken)
    }

    fn load(&self) -> Result<Project, Failure> {
        let path = self.folder.join(&self.path);
        if !path.exists() {
            return Err(Failure::usage(format!("{} is not there in that revision", self.path.display())));
        }
        load(&path)
    }
}

impl Drop for Revision {
    fn drop(&mut self) {
        // A folder that stays behind in the system's temporary one does no harm.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn git<'a>(near: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<Vec<u8>, Failure> {
    let output = Command::new("git").arg("-C").arg(near).args(arguments).output();
    let output = output.map_err(|error| Failure::usage(format!("git cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().next().unwrap_or("it gives no reason").to_owned();
    Err(Failure::usage(format!("git fails: {first}")))
}
