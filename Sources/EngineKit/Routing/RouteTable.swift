/// The routes of an engine. The order in which they are written does not matter: the most specific match wins.
package struct RouteTable: Sendable {
    /// A route in its table, where matches can point to it.
    package final class Entry: Sendable {
        /// The route.
        package let route: Route
        /// The route's pattern, at hand without the rest of it.
        let template: PathTemplate
        init(_ route: Route) {
            self.route = route
            template = route.template
        }
    }

    /// All routes, the most specific first.
    package var routes: [Route] { entries.map(\.route) }

    private let entries: [Entry]
    // By the first byte of a path the entries that can match it, so that most are never looked at.
    private let candidates: [[Entry]]

    /// Makes a table.
    package init(_ routes: [Route]) {
        let entries = routes.sorted { left, right in
            right.template.specificity.lexicographicallyPrecedes(left.template.specificity)
        }.map { Entry($0) }
        self.entries = entries
        candidates = (UInt8.min...UInt8.max).map { byte in
            entries.filter { entry in entry.template.firstByte.map { $0 == byte } ?? true }
        }
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
        for entry in path.first.map({ candidates[Int($0)] }) ?? entries {
            guard let captures = entry.template.match(path) else { continue }
            let match = Match(entry: entry, captures: captures)
            if entry.route.handler(for: operation) != nil { return match }
            if first == nil { first = match }
        }
        return first
    }
}
