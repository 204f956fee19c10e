/// The routes of an engine. The order in which they are written does not matter: the most specific match wins.
package struct RouteTable: Sendable {
    /// A route in its table, where matches can point to it.
    package final class Entry: Sendable {
        /// The route.
        package let route: Route
        init(_ route: Route) { self.route = route }
    }

    /// All routes, the most specific first.
    package var routes: [Route] { entries.map(\.route) }

    private let entries: [Entry]

    /// Makes a table.
    package init(_ routes: [Route]) {
        entries = routes.sorted { left, right in
            right.template.specificity.lexicographicallyPrecedes(left.template.specificity)
        }.map { Entry($0) }
    }

    /// A route with what its pattern captured.
    package struct Match: Sendable {
        /// The route's place in the table.
        package let entry: Entry
        /// The named parts of the path.
        package let captures: Captures

        /// The route.
        package var route: Route { entry.route }
    }

    /// The route for a path; a route that knows the operation is preferred to one that only matches the path.
    package func match(_ path: [UInt8], _ operation: Operation) -> Match? {
        var first: Match?
        for entry in entries {
            guard let captures = entry.route.template.match(path) else { continue }
            let match = Match(entry: entry, captures: captures)
            if entry.route.handler(for: operation) != nil { return match }
            if first == nil { first = match }
        }
        return first
    }
}
