internal import ArgumentParser
internal import Notation
internal import PolicyEngine

/// `policy test`: what policies would decide, and why.
struct PolicyTest: LocalCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Say what policy files would decide on a request, and why.",
        discussion: """
            Nothing is sent anywhere: the files are read with the server's own policy engine. The exit status is 0 when \
            the request would be allowed and 2 when it would be denied.

              $ vaultcli policy test -policy=app.hcl -operation=read secret/data/app
              $ vaultcli policy test -policy=app.hcl -policy=base.hcl -operation=list secret/metadata
            """)

    @Option(
        name: [.customLong("policy"), .customLong("policy", withSingleDash: true)],
        help: "A policy file; may be given several times.", completion: .file())
    private var policy: [String]

    @Option(
        name: [.customLong("operation"), .customLong("operation", withSingleDash: true)],
        help: "create, read, update, patch, delete, list or scan.")
    private var operation = "read"

    @Flag(
        name: [.customLong("sudo"), .customLong("sudo", withSingleDash: true)],
        help: "The path is one that needs sudo as well.")
    private var sudo = false

    @Argument(help: "Path, without v1/.") private var path: String

    func run(in surroundings: Surroundings) throws(Failure) {
        guard let asked = AccessOperation.allCases.first(where: { "\($0)".utf8.elementsEqual(operation.utf8) }) else {
            throw .usage("Unknown operation; expected create, read, update, patch, delete, list or scan")
        }
        var policies: [Policy] = []
        for file in policy {
            let text = try LocalFile.contents(of: file)
            do throws(PolicyError) {
                policies.append(try Policy(name: file, parsing: text))
            } catch {
                throw .usage("\(file): \(error)")
            }
        }
        let simulation: PolicySimulation
        do throws(PolicyError) {
            simulation = try PolicySimulation.explain(
                policies, path: Array(path.utf8), operation: asked, needsSudo: sudo, now: .now())
        } catch {
            throw .usage("\(error)")
        }
        if simulation.decision.isAllowed { throw .finished(simulation.report) }
        throw .server(simulation.report)
    }
}
