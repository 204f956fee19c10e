import EngineKit
import Notation
import PolicyEngine

/// Leaves out of the answer to a listing what its caller may not read, where the rule that allowed it says so
/// (`list_scan_response_keys_filter_path`).
///
/// A name of a folder stays when its path may be listed, any other when its path may be read.
struct ListingFilter: Sendable {
    private let template: KeyFilterTemplate
    private let path: [UInt8]
    private let rights: PolicyRights
    private let isRecursive: Bool

    /// Prepares for a listing that was admitted; `nil` when all names are shown.
    init?(_ decision: Decision, _ admission: Admission, now: Timestamp) {
        guard let template = decision.keyFilter, let policies = admission.policies else { return nil }
        self.template = template
        path = admission.path
        rights = PolicyRights(list: policies, now: now)
        isRecursive = admission.operation == .scan
    }

    /// The answer without the names that are not for the caller, wherever it holds them.
    func apply(to response: EngineResponse) throws(EngineError) -> EngineResponse {
        var response = response
        switch response.body {
        case .names(let names):
            let shown = names.filter(shows)
            response.body = isRecursive && shown.isEmpty ? .data(["keys": []]) : .names(shown)
        case .data(let object):
            response.body = filtered(object)
        case .rendered(let bytes):
            guard let object = (try? JSON(parsing: bytes, limits: .stored))?.objectValue else { throw Self.unreadable }
            response.body = filtered(object)
        case .raw, .events, .later: throw Self.unreadable
        case .none: break
        }
        return response
    }

    private func filtered(_ object: JSONObject) -> EngineResponse.Body {
        guard let keys = object["keys"] else { return .data(object) }
        let shown = (keys.arrayValue ?? []).filter { key in key.stringValue.map { shows(Array($0.utf8)) } ?? false }
        if shown.isEmpty, !isRecursive { return .names([]) }
        let names = Set(shown.compactMap { $0.stringValue.map { Array($0.utf8) } })
        let isShown = { (name: String) in names.contains(Array(name.utf8)) }
        return .data(
            JSONObject(
                object.members.map { member in
                    switch member.value {
                    // A few answers repeat the names, and detailed ones tell about each of them.
                    case .array where member.value.isIdentical(to: keys): .init(name: member.name, value: .array(shown))
                    case .object(let details) where member.name.bytesEqual(to: "key_info"):
                        .init(
                            name: member.name,
                            value: .object(JSONObject(details.members.filter { isShown($0.name) })))
                    default: member
                    }
                }))
    }

    private func shows(_ name: [UInt8]) -> Bool {
        let isFolder = name.last == UInt8(ascii: "/")
        return rights.allow(isFolder ? .list : .read, template.path(forListing: path, key: name))
    }

    private static let unreadable = EngineError.internalError("an answer to a listing cannot be filtered")
}

extension Admission {
    /// Takes over what the rule that allowed a listing makes of it: how long its page is, and which names it shows.
    func take(_ decision: Decision, now: Timestamp) {
        guard operation == .list || operation == .scan else { return }
        if case .replaced(let limit) = decision.pageLimit(requested: input.members["limit"]) {
            var members = input.members
            members["limit"] = .integer(limit)
            input = Input(members: members, body: input.body)
        }
        listingFilter = ListingFilter(decision, self, now: now)
    }

    /// What the caller gets to see of an answer.
    func shown(_ response: EngineResponse) throws(EngineError) -> EngineResponse {
        try listingFilter?.apply(to: response) ?? response
    }
}
