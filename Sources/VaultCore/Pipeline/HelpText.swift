import EngineKit
import Notation

/// The answer to `?help=1`: what a path is for, or which paths a mount has.
enum HelpText {
    /// Describes the route a request matched, or the mount it is in.
    static func answer(_ admission: Admission) -> EngineResponse {
        guard let mounted = admission.mounted else { return .raw(["help": "", "see_also": .null]) }
        let text: String
        if let route = admission.match?.route, !admission.enginePath.isEmpty {
            text = """
                Request:        \(String(decoding: admission.path, as: UTF8.self))
                Matching Route: \(route.pattern)

                ## DESCRIPTION

                \(route.summary)
                """
        } else {
            let routes = mounted.routes.routes.sorted { $0.pattern.utf8.lexicographicallyPrecedes($1.pattern.utf8) }
            let lines = routes.map { "    \($0.pattern)\n        \($0.summary)" }
            text = """
                ## DESCRIPTION

                The \(mounted.entry.type) mount at \(String(decoding: mounted.entry.path, as: UTF8.self))

                ## PATHS

                \(lines.joined(separator: "\n\n"))
                """
        }
        return .raw(["help": .string(text), "see_also": .null])
    }
}
