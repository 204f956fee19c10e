import EngineKit
import Notation

/// A key of configuration in an environment, and the paths that it has in `config/`.
struct ConfigurationPlace {
    /// The environment's word for the layer of everyone.
    private static let everywhere = "global"

    /// The key.
    let key: String
    /// The environment; `global` for the layer of everyone.
    let environment: String

    /// Names a place.
    ///
    /// - Parameter environment: `nil` for the layer of everyone.
    init(key: String, environment: String?) {
        self.key = key
        self.environment = environment ?? Self.everywhere
    }

    /// The path of what is said of the value.
    ///
    /// - Parameter kind: `data`, `reveal`, `history` or `rollback`.
    func path(_ kind: String) -> String {
        let isEverywhere = environment.bytesEqual(to: Self.everywhere)
        return "config/\(kind)/\(isEverywhere ? Self.everywhere : "env/\(environment)")/\(key)"
    }

    /// The path of what the key is.
    var keyPath: String { "config/keys/\(key)" }

    /// The members of an answer that name the place.
    var members: JSONObject { ["key": .string(key), "environment": .string(environment)] }
}
