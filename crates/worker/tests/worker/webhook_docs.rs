//! What `docs/webhooks.md` tells receivers to do, done: its programs accept our signatures and nothing else.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use rollcall_worker::signature;

/// The block of the document that begins with this language.
fn block(language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/webhooks.md");
    let document = std::fs::read_to_string(path).unwrap();
    let start = format!("```{language}\n");
    let (_, rest) = document.split_once(&start).unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

/// Runs a program with the body on standard input; what it prints.
fn run(program: &str, arguments: &[&str], body: &str) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(body.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} failed");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_documented_receivers_accept_what_is_signed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("receiver.py");
    let main = "\n\nimport sys\nprint(is_genuine(sys.argv[1], sys.argv[2], sys.stdin.buffer.read(), float(sys.argv[3])))\n";
    std::fs::write(&python, block("python") + main).unwrap();
    // The compiler of the portal, which `make setup` installs.
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let compiler = repository.join("portal/node_modules/typescript/lib/typescript.js");
    let typescript = folder.path().join("receiver.mjs");
    let main = "\nimport { readFileSync } from \"node:fs\";\nconst [secret, header, now] = process.argv.slice(2) as [string, string, string];\nconsole.log(isGenuine(secret, header, readFileSync(0), Number(now)));\n";
    let compile = "const ts = require(process.argv[1]); const text = require('node:fs').readFileSync(0, 'utf8');
        const options = { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }, reportDiagnostics: true };
        const made = ts.transpileModule(text, options);
        if (made.diagnostics.length > 0) process.exit(1);
        process.stdout.write(made.outputText);";
    let source = block("typescript") + main;
    let script = run(
        "node",
        &["-e", compile, compiler.to_str().unwrap()],
        &source,
    );
    std::fs::write(&typescript, script).unwrap();

    let at = Timestamp::from_second(1_795_341_483).unwrap();
    let secrets = ["whsec_new".to_owned(), "whsec_old".to_owned()];
    let body = "{\"kind\": \"punch.recorded\", \"ä\": 1}";
    let header = signature(at, body, &secrets);
    let wrong = header.replace("t=1795341483", "t=1795341484");
    for (secret, header, body, now, expected) in [
        ("whsec_new", header.as_str(), body, "1795341500", "true"),
        ("whsec_old", &header, body, "1795341500", "true"),
        ("whsec_other", &header, body, "1795341500", "false"),
        ("whsec_new", &header, "{}", "1795341500", "false"),
        ("whsec_new", &wrong, body, "1795341500", "false"),
        ("whsec_new", &header, body, "1795341800", "false"),
        ("whsec_new", "t=1795341483,v1=", body, "1795341500", "false"),
    ] {
        let arguments = [secret, header, now];
        let path = python.to_str().unwrap();
        let said = run("python3", &[&[path], &arguments[..]].concat(), body);
        assert_eq!(
            said.to_lowercase(),
            expected,
            "Python: {secret} {header} {now}"
        );
        let path = typescript.to_str().unwrap();
        let said = run("node", &[&[path], &arguments[..]].concat(), body);
        assert_eq!(said, expected, "TypeScript: {secret} {header} {now}");
    }
}
