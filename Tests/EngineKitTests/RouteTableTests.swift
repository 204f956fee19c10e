import EngineKit
import Testing

@Suite struct RouteTableTests {
    private static func route(_ pattern: String, _ operations: Operation...) -> Route {
        operations.reduce(Route(pattern, "")) { route, operation in
            route.on(operation) { _, _ throws(EngineError) in .noContent }
        }
    }

    private static let table = RouteTable([
        route("*path", .read, .list), route("roles/*path", .read, .update), route("roles/:name", .read, .delete),
        route("roles/:name/id", .read), route("roles/:name/:part", .read), route("roles/special", .read),
        route("roles", .list),
    ])

    @Test(arguments: [
        ("roles/special", Operation.read, "roles/special"), ("roles/x", .read, "roles/:name"),
        ("roles/x/id", .read, "roles/:name/id"), ("roles/x/y", .read, "roles/:name/:part"),
        ("roles/x/y/z", .read, "roles/*path"), ("roles/x", .update, "roles/*path"), ("roles/x", .create, "roles/*path"),
        ("roles/x", .delete, "roles/:name"), ("roles/", .list, "roles"), ("roles", .list, "roles"),
        ("roles", .read, "roles/*path"), ("other", .read, "*path"), ("", .read, "*path"), ("rolesx", .read, "*path"),
        ("roles/special", .patch, "roles/special"), ("roles/x/", .read, "roles/:name"), ("roles/x/", .list, "*path"),
        ("other", .delete, "*path"),
    ])
    func theMostSpecificRouteThatKnowsTheOperationWins(path: String, operation: Operation, pattern: String) {
        #expect(Self.table.match(Array(path.utf8), operation)?.route.pattern == pattern)
    }

    @Test func theOrderOfWritingDoesNotMatter() {
        let reversed = RouteTable(Self.table.routes.reversed())
        for path in ["roles/special", "roles/x", "roles/x/id", "roles/x/y", "a"] {
            let bytes = Array(path.utf8)
            #expect(reversed.match(bytes, .read)?.route.pattern == Self.table.match(bytes, .read)?.route.pattern)
        }
    }

    @Test(arguments: [
        ("data/*path", "data/a/b/", "a/b/"), ("data/*path", "data/", ""), ("data/*path", "data", ""),
        ("*path", "x", "x"), ("a/:path", "a/b/", "b"), ("a/:path/c", "a/caf\u{E9}/c", "caf\u{E9}"),
    ])
    func capturesKeepTheirBytes(pattern: String, path: String, captured: String) {
        let match = RouteTable([Self.route(pattern, .read)]).match(Array(path.utf8), .read)
        #expect(match?.captures["path"] == Array(captured.utf8))
        #expect(match?.captures.text("path") == captured)
        #expect(match?.captures["other"] == [])
    }

    @Test(arguments: [
        ("data/*path", "dat"), ("data/*path", "database/x"), ("a/:n", "a"), ("a/:n", "a/"), ("a/:n", "a/b/c"),
        ("a/:n", "a//"), ("caf\u{E9}", "cafe\u{301}"), ("a", "a/b"), ("a", ""),
    ])
    func otherPathsDoNotMatch(pattern: String, path: String) {
        #expect(RouteTable([Self.route(pattern, .read)]).match(Array(path.utf8), .read) == nil)
    }

    @Test func aRouteKeepsWhatItIsTold() {
        let route = Self.route("x", .read).sudo().unauthenticated().exists { _, _ throws(EngineError) in true }
        #expect(route.needsSudo && route.isUnauthenticated && route.existence != nil)
        let plain = Self.route("x", .read)
        #expect(!plain.needsSudo && !plain.isUnauthenticated && plain.existence == nil)
    }
}
