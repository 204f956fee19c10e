internal import ArgumentParser

/// How an answer is printed.
struct OutputOptions: ParsableArguments {
    /// The format by its name; checked when the environment is known too.
    @Option(
        name: .flag("format"), help: "table, json, yaml, or raw where the server's bytes make sense. [VAULT_FORMAT]",
        completion: .list(["table", "json", "yaml", "raw"]))
    var format: String?

    /// The one field to print.
    @Option(name: .flag("field"), help: "Print this field alone, without a line feed unless on a terminal.")
    var field: String?
}
