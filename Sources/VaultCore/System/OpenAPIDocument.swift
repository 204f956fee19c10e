import EngineKit
import Notation

/// The API as an OpenAPI 3 document, made from the routes: paths, parameters in them, and operations.
struct OpenAPIDocument {
    /// Whether paths name the kind of a mount instead of where it is mounted.
    let hasGenericMountPaths: Bool
    private var paths: [JSONObject.Member] = []

    /// Starts an empty document.
    init(hasGenericMountPaths: Bool) { self.hasGenericMountPaths = hasGenericMountPaths }

    /// Adds a mount's routes.
    ///
    /// - Parameter isIncluded: which of them.
    mutating func add(_ mounted: MountTable.Mounted, where isIncluded: (Route) -> Bool = { _ in true }) {
        let entry = mounted.entry
        var prefix = String(decoding: entry.path, as: UTF8.self)
        var parameters: [JSON] = []
        let isFixed = ["system", "cubbyhole", "token", "identity"].contains { $0.utf8.elementsEqual(entry.type.utf8) }
        if hasGenericMountPaths, !isFixed {
            let name = "\(entry.type)_mount_path"
            prefix = entry.isAuth ? "auth/{\(name)}/" : "{\(name)}/"
            parameters.append(Self.parameter(name, "path", "The path at which the mount is."))
        }
        let tag = entry.isAuth ? "auth" : entry.type.utf8.elementsEqual("system".utf8) ? "system" : "secrets"
        for route in mounted.routes.routes where isIncluded(route) {
            let (path, names) = Self.template(route.pattern)
            let all = parameters + names.map { Self.parameter($0, "path", "A part of the path.") }
            let name = "/" + prefix + path
            guard !paths.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { continue }
            paths.append(.init(name: name, value: .object(Self.item(route, all, tag: tag, path: prefix + path))))
        }
    }

    /// The document.
    var json: JSONObject {
        [
            "openapi": "3.0.2",
            "info": [
                "title": "HashiCorp Vault API", "description": "HTTP API that gives you full access to the vault.",
                "version": .string(ProductVersion.reported), "license": ["name": "Apache-2.0"],
            ],
            "paths": .object(JSONObject(paths.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })),
            "components": ["schemas": [:]],
        ]
    }

    /// A route's pattern with its captures in braces, and their names.
    private static func template(_ pattern: String) -> (path: String, names: [String]) {
        var names: [String] = []
        let segments = pattern.utf8.split(separator: UInt8(ascii: "/")).map { segment -> String in
            let name = String(decoding: segment.dropFirst(), as: UTF8.self)
            guard segment.first == UInt8(ascii: ":") || segment.first == UInt8(ascii: "*") else {
                return String(decoding: segment, as: UTF8.self)
            }
            names.append(name)
            return "{\(name)}"
        }
        return (segments.joined(separator: "/"), names)
    }

    private static func item(_ route: Route, _ parameters: [JSON], tag: String, path: String) -> JSONObject {
        var item: JSONObject = ["description": .string(route.summary)]
        if !parameters.isEmpty { item["parameters"] = .array(parameters) }
        if route.isUnauthenticated { item["x-vault-unauthenticated"] = true }
        if route.needsSudo { item["x-vault-sudo"] = true }
        if route.existence != nil { item["x-vault-createSupported"] = true }
        let served = { (operation: Operation) in route.handlers[operation] != nil }
        let verbs: [(name: String, isServed: Bool)] = [
            ("get", served(.read) || served(.list)), ("post", served(.update) || served(.create) || served(.evaluate)),
            ("patch", served(.patch)), ("delete", served(.delete)),
        ]
        for (verb, isServed) in verbs where isServed {
            var operation: JSONObject = [
                "summary": .string(route.summary), "operationId": .string(identifier(verb, path)),
                "tags": [.string(tag)], "responses": ["200": ["description": "OK"]],
            ]
            if verb.utf8.elementsEqual("get".utf8), served(.list) {
                let isNeeded = !served(.read)
                operation["parameters"] = [parameter("list", "query", "`true` lists names.", isNeeded: isNeeded)]
            }
            if let fields = route.fields, ["post", "patch"].contains(where: { $0.utf8.elementsEqual(verb.utf8) }) {
                let properties = JSONObject(fields.map { JSONObject.Member(name: $0, value: [:]) })
                let schema: JSON = ["type": "object", "properties": .object(properties)]
                operation["requestBody"] = ["content": ["application/json": ["schema": schema]]]
            }
            item[verb] = .object(operation)
        }
        return item
    }

    private static func parameter(
        _ name: String, _ place: String, _ description: String, isNeeded: Bool = true
    ) -> JSON {
        [
            "name": .string(name), "in": .string(place), "description": .string(description),
            "required": .bool(isNeeded), "schema": ["type": "string"],
        ]
    }

    private static func identifier(_ verb: String, _ path: String) -> String {
        let words = path.utf8.split { byte in
            !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return ([verb] + words.map { String(decoding: $0, as: UTF8.self) }).joined(separator: "-")
    }
}

extension SystemEngine {
    /// GET `internal/specs/openapi`: what the caller's policies reach; without a token, what needs none.
    @Sendable func openAPI(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let table = try running().mounts
        var document = OpenAPIDocument(hasGenericMountPaths: try request.input.bool("generic_mount_paths") ?? false)
        for mounted in table.all {
            if request.caller.tokenType != nil, canTouch(mounted.entry.path, request) {
                document.add(mounted)
            } else if mounted.entry.type.utf8.elementsEqual("system".utf8) {
                // Of other mounts not even that they exist is told.
                document.add(mounted) { $0.isUnauthenticated }
            }
        }
        return .raw(document.json)
    }
}
