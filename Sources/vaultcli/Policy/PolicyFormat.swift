internal import ArgumentParser
internal import Notation
internal import PolicyEngine

/// `policy fmt`: a policy file in its canonical form.
struct PolicyFormat: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Format a policy file.",
        discussion: """
            The file is written anew in the usual layout; comments stay. A file with a mistake is left alone, and the \
            mistake is named with its line and column.

              $ vaultcli policy fmt app.hcl
            """)

    @Argument(help: "File.", completion: .file()) private var file: String

    func run(in surroundings: Surroundings) throws(Failure) {
        let text = try LocalFile.contents(of: file)
        let formatted: [UInt8]
        do throws(PolicyError) {
            _ = try Policy(name: "policy", parsing: text)
            formatted = try PolicyFormatter.format(text)
        } catch {
            throw .usage("Error formatting \(file): \(error)")
        }
        guard formatted != text else { throw .finished("Already formatted: \(file)") }
        let output = try PrivateFile(replacing: file)
        try output.append(formatted)
        try output.commit()
        throw .finished("Success! Formatted policy: \(file)")
    }
}
