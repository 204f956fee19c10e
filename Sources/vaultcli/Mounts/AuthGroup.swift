internal import ArgumentParser
internal import Notation
internal import VaultClient

/// `auth`: the ways to log in.
struct AuthGroup: CommandNoun {
    static let configuration = CommandConfiguration(
        commandName: "auth",
        abstract: "Enable and tune ways to log in.",
        discussion: """
            `vaultcli login` uses them.

              $ vaultcli auth enable userpass
              $ vaultcli write auth/userpass/users/ana password=@password.txt policies=app
            """,
        subcommands: [AuthEnable.self, AuthDisable.self, AuthList.self, AuthTune.self])
}

/// `auth enable`: a way to log in.
struct AuthEnable: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Enable a way to log in.",
        discussion: """
              $ vaultcli auth enable -path=ci approle
            """)

    @OptionGroup private var creation: MountCreationOptions
    @OptionGroup private var options: MountOptions
    @Argument(help: "Type: userpass, approle, jwt and others.") private var type: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let type = VaultPath.withoutSpace(type)
        let mount = creation.mount(of: type)
        let response = try await session.send(
            VaultRequest(
                .post, "sys/auth/" + VaultPath.trimmed(mount),
                json: creation.adding(to: try options.enabling(type: type))),
            or: "Error enabling \(type) auth")
        if !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm("Success! Enabled \(type) auth method at: \(mount)")
    }
}

/// `auth disable`: a way to log in, no more.
struct AuthDisable: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Disable a way to log in and revoke all its tokens.",
        discussion: """
              $ vaultcli auth disable ci
            """)

    @Argument(help: "Mount.") private var path: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let mount = VaultPath.mount(path)
        _ = try await session.send(
            VaultRequest(.delete, "sys/auth/" + VaultPath.trimmed(path)),
            or: "Error disabling auth method at \(mount)")
        session.confirm("Success! Disabled the auth method (if it existed) at: \(mount)")
    }
}

/// `auth list`: the ways to log in.
struct AuthList: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the ways to log in.",
        discussion: """
              $ vaultcli auth list -detailed
            """)

    @Flag(name: .flag("detailed"), help: "Show all properties.") private var detailed = false
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let response = try await session.send(
            VaultRequest(.get, "sys/auth"), or: "Error listing enabled authentications")
        let mounts = try session.secret(response).data
        let isDetailed = try session.surroundings.environment.isOn("DETAILED") ? true : detailed
        try session.show(mounts) {
            MountTable.text(mounts.objectValue ?? JSONObject(), .auth, detailed: isDetailed)
        }
    }
}

/// `auth tune`: a way's settings.
struct AuthTune: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune", abstract: "Change the settings of a way to log in.",
        discussion: """
            Only what is named changes.

              $ vaultcli auth tune -listing-visibility=unauth userpass
            """)

    @OptionGroup private var options: MountOptions
    @OptionGroup private var lockout: UserLockoutOptions
    @Argument(help: "Mount.") private var path: String
    @OptionGroup(title: "Output options") var output: OutputOptions
    @OptionGroup(title: "Connection options") var connection: ConnectionOptions

    func run(in session: Session) async throws(Failure) {
        let mount = VaultPath.mount(path)
        var body = try options.tuning()
        let lockout = lockout.settings
        if !lockout.members.isEmpty { body["user_lockout_config"] = .object(lockout) }
        let response = try await session.send(
            VaultRequest(.post, "sys/mounts/auth/\(mount)tune", json: .object(body)),
            or: "Error tuning auth method \(mount)")
        if !response.body.isEmpty { session.warn(try session.secret(response).warnings) }
        session.confirm("Success! Tuned the auth method at: \(mount)")
    }
}

/// When failed logins lock a user out.
struct UserLockoutOptions: ParsableArguments {
    @Option(name: .flag("user-lockout-threshold"), help: "Failed logins that lock a user out.")
    private var threshold: UInt?
    @Option(name: .flag("user-lockout-duration"), help: "How long the user stays locked out.")
    private var duration: GoDuration?
    @Option(name: .flag("user-lockout-counter-reset-duration"), help: "After how long failures are forgotten.")
    private var counterResetDuration: GoDuration?
    @Option(name: .flag("user-lockout-disable"), help: "Whether nobody is locked out (true or false).")
    private var disable: Bool?

    /// The settings given, as the API takes them.
    var settings: JSONObject {
        var result = JSONObject()
        if let threshold { result["lockout_threshold"] = .string(String(threshold)) }
        if let duration { result["lockout_duration"] = .string(duration.text) }
        if let counterResetDuration { result["lockout_counter_reset_duration"] = .string(counterResetDuration.text) }
        if let disable { result["lockout_disable"] = .bool(disable) }
        return result
    }
}
