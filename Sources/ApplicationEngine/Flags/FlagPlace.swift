import EngineKit
import Notation

/// A flag in an environment, and the paths that it has in `flags/`.
struct FlagPlace {
    /// The flag's name.
    let name: String
    /// The environment.
    let environment: String

    /// Names a place.
    ///
    /// - Parameter environment: `nil` for the default one.
    init(name: String, environment: String?) {
        self.name = name
        self.environment = environment ?? DefaultEnvironment.ofFlags
    }

    /// The path of what the flag is.
    var definitionPath: String { "flags/definitions/\(name)" }

    /// The path of something in the environment.
    ///
    /// - Parameter kind: `states`, `toggle`, `history` or `evaluate`.
    func path(_ kind: String) -> String { "flags/\(kind)/\(environment)/\(name)" }
}
