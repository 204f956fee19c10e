internal import Notation
internal import VaultClient

/// Names below a path, however deep.
struct NameTree {
    /// A name with the lines that lead to it.
    struct Entry: Sendable {
        /// The branches before the name.
        let branches: String
        /// The name; folders end in a slash.
        let name: String
        /// The path below the root.
        let path: String
        /// Why the folder's names are not known; `nil` when they are.
        var remark: String?

        /// The entry as a line.
        var line: String { branches + CellText.printable(name) + (remark.map { " (\($0))" } ?? "") }
    }

    /// More names than anybody reads, and a bound of what a server can make this tool do.
    static let greatestCount = 100_000

    /// The entries, as they are drawn from top to bottom.
    private(set) var entries: [Entry] = []
    /// Whether there are more.
    private(set) var isCut = false

    /// Walks through folders.
    ///
    /// - Parameters:
    ///   - depth: how many levels to show.
    ///   - names: tells the names in a folder by its path below the root, or why it cannot.
    /// - Throws: what `names` throws.
    init(
        depth: Int = .max, names: (String) async throws(Failure) -> Result<[String], Remark>
    ) async throws(Failure) {
        // A stack instead of recursion: the depth comes from outside.
        var stack = [(branches: "", folder: "", place: -1, level: 0)]
        while let (branches, folder, place, level) = stack.popLast() {
            if place >= 0 { entries.append(pending[place]) }
            guard folder.isEmpty || folder.utf8.last == UInt8(ascii: "/"), level < depth else { continue }
            switch try await names(folder) {
            case .failure(let remark):
                if place >= 0, !entries.isEmpty { entries[entries.count - 1].remark = remark.text }
            case .success(let names):
                guard pending.count + names.count <= Self.greatestCount else {
                    isCut = true
                    continue
                }
                for (index, name) in names.enumerated().reversed() {
                    let isLast = index == names.count - 1
                    pending.append(
                        Entry(branches: branches + (isLast ? "└── " : "├── "), name: name, path: folder + name))
                    stack.append(
                        (branches + (isLast ? "    " : "│   "), folder + name, pending.count - 1, level + 1))
                }
            }
        }
        pending = []
    }

    /// Why the names of a folder are not known.
    struct Remark: Error {
        /// For example `permission denied`.
        let text: String
    }

    private var pending: [Entry] = []
}

extension Session {
    /// The names in a folder.
    ///
    /// - Parameter path: the path at which they are listed.
    /// - Returns: the names, none when there is nothing, or why they are not known.
    /// - Throws: ``Failure`` when the server cannot be reached.
    func names(at path: String) async throws(Failure) -> Result<[String], NameTree.Remark> {
        switch await attempt(VaultRequest(.get, path, query: [("list", "true")])) {
        case .success(nil): return .success([])
        case .success(let response?):
            return .success(try secret(response).data["keys"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        case .failure(let error):
            switch error.status {
            case 403: return .failure(.init(text: "permission denied"))
            case 404, 405: return .failure(.init(text: "cannot be listed"))
            default: throw Failure(error, during: "Error listing \(path)")
            }
        }
    }
}
