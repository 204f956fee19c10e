import EngineKit
import Notation

/// The catalogue of plugins: what is served is built in, and nothing can be added.
extension SystemEngine {
    var pluginRoutes: [Route] {
        [
            Route("plugins/catalog", "The types of engines that are built in.").on(.read, serve: Self.readCatalog),
            Route("plugins/catalog/:type", "The engines of one type.").sudo()
                .on(.read, serve: Self.listPlugins).on(.list, serve: Self.listPlugins),
            Route("plugins/catalog/:type/:name", "An engine that is built in.").sudo()
                .on(.read, serve: Self.readPlugin),
        ]
    }

    /// The names of each type that catalogues know; databases are served by none.
    private static let catalog: [(type: String, names: [String])] = [
        ("auth", EngineCatalog.served.auth), ("database", []), ("secret", EngineCatalog.served.secret),
    ]

    private static let version = "v\(ProductVersion.reported)+builtin.vault"

    @Sendable private static func readCatalog(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        var data = JSONObject()
        var detailed: [JSON] = []
        for (type, names) in catalog {
            data[type] = .strings(names)
            detailed += names.map { name in
                [
                    "builtin": true, "deprecation_status": "supported", "name": .string(name), "type": .string(type),
                    "version": .string(version),
                ]
            }
        }
        data["detailed"] = .array(detailed)
        return .data(data)
    }

    @Sendable private static func listPlugins(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        EngineResponse(.names(try names(request).map { Array($0.utf8) }))
    }

    @Sendable private static func readPlugin(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        let wanted = request.captures["name"]
        guard let name = try names(request).first(where: { $0.utf8.elementsEqual(wanted) }) else { throw .notFound }
        return .data([
            "args": .null, "builtin": true, "command": "", "deprecation_status": "supported", "name": .string(name),
            "sha256": "", "version": .string(version),
        ])
    }

    private static func names(_ request: EngineRequest) throws(EngineError) -> [String] {
        let wanted = request.captures["type"]
        guard let group = catalog.first(where: { $0.type.utf8.elementsEqual(wanted) }) else {
            throw .invalid("unsupported plugin type; must be \"auth\", \"database\" or \"secret\"")
        }
        return group.names
    }
}
