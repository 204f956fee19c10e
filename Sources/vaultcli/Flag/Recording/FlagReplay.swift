internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `flag replay`: an evaluation of the past, repeated.
struct FlagReplay: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Repeat an evaluation of the past and compare it with its receipt.",
        discussion: """
            A receipt comes with an evaluation that asks for one (`flag eval -receipt`). It names the versions that \
            counted and holds a digest of the context, so the context itself must be given again, in the ways of `flag \
            eval`. The flag is evaluated as it was then. The exit status is 0 when everything comes out the same, and \
            2 when something does not: then it is shown what the receipt has and what came out now.

              $ vaultcli flag eval shop -context=@context.json -receipt -field=receipt >r
              $ vaultcli flag replay @r -context=@context.json
            """)

    @Option(name: .flag("context"), help: "Context as a JSON object, @file, or - for standard input.")
    private var context: String?
    @Option(name: .flag("key"), help: "Targeting key: who it is, the same in every evaluation.")
    private var targetingKey: String?
    @OptionGroup private var mount: FlagMount
    @Argument(help: "Receipt, @file, or - for standard input.") private var receipt: String
    @Argument(help: "Attributes of the context, as name=value.") private var attributes: [String] = []
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let console = session.surroundings.console
        guard receipt.utf8.count != 1 || context?.utf8.count != 1 else {
            throw .usage("Standard input can be used once only")
        }
        var subject = try FlagContext.parse(context, attributes[...], console)
        if let targetingKey { subject["targetingKey"] = .string(targetingKey) }
        let body: JSON = ["receipt": .string(try text(console)), "context": .object(subject)]
        let request = VaultRequest(.post, try mount.path("replay"), json: body)
        let response = try await session.send(request, or: "Error replaying the evaluation")
        try session.show(response, table: Self.table)
        let secret = try session.secret(response)
        guard secret.wrapInfo == nil, secret.data["same"]?.boolValue != true else { return }
        let why = secret.data["why"]?.stringValue ?? ""
        throw .server(session.settings.format == .table ? CellText.printable(why) : "")
    }

    private func text(_ console: Console) throws(Failure) -> String {
        let text: String
        switch receipt.utf8.first {
        case UInt8(ascii: "-") where receipt.utf8.count == 1:
            text = try LocalFile.text(try console.readInput(), named: "standard input")
        case UInt8(ascii: "@"):
            text = try LocalFile.text(of: String(decoding: receipt.utf8.dropFirst(), as: UTF8.self))
        default: text = receipt
        }
        return VaultPath.withoutSpace(text)
    }

    private static func table(_ answer: JSON) -> String {
        let place = ["flag", "environment", "time"].map { CellText.field(answer[$0] ?? "") }
        let head = "\(place[0]) in \(place[1]) at \(place[2])"
        let differences = FlagChange.list(answer["differences"])
        if answer["same"]?.boolValue == true { return CellText.printable("The same: \(head)") }
        return FlagChange.text(differences, none: CellText.printable("Not the same: \(head)"))
    }
}
