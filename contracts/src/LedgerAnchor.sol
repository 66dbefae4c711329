// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";

/// @title The heads of transparency logs, on chain
/// @author Sunseal
/// @notice Keeps, for each log, the newest checkpoint that its poster wrote: size and root, which only go forwards.
/// @dev It checks neither signatures nor consistency proofs: a reader compares an anchor with a cosigned checkpoint.
/// What it gives is a place and a time that a log cannot take back. docs/spec/guarantee.md has the details.
contract LedgerAnchor is AccessControlDefaultAdminRules {
    /// @notice What is kept of a log: two storage slots.
    struct Log {
        address poster;
        uint64 size;
        bool registered;
        bytes32 root;
    }

    /// @notice Holders register logs and name their posters.
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");

    mapping(bytes32 log => Log) private _logs;

    /// @notice A log is known from now on, at size 0.
    /// @param log SHA-256 of the origin.
    /// @param origin The first line of the log's checkpoints.
    event Registered(bytes32 indexed log, string origin);

    /// @notice Who may anchor from now on; the zero address stands for nobody.
    /// @param log The log.
    /// @param poster Who.
    event PosterSet(bytes32 indexed log, address indexed poster);

    /// @notice A checkpoint was anchored.
    /// @param log The log.
    /// @param size How many entries the log had.
    /// @param root Their Merkle root (RFC 6962, SHA-256).
    event Anchored(bytes32 indexed log, uint64 size, bytes32 root);

    /// @notice An origin without a character.
    error EmptyOrigin();

    /// @notice The origin is registered already.
    error AlreadyRegistered(bytes32 log);

    /// @notice No log was registered under this hash.
    error NotRegistered(bytes32 log);

    /// @notice Only the log's poster may anchor.
    error NotPoster(bytes32 log, address caller);

    /// @notice A size that is not above the anchored one.
    error NotForwards(bytes32 log, uint64 anchored, uint64 offered);

    /// @notice Fixes who governs.
    /// @param admin Appoints registrars; hands its role over in two steps.
    /// @param adminDelay Seconds between those steps.
    /// @param registrar The first holder of REGISTRAR_ROLE.
    constructor(address admin, uint48 adminDelay, address registrar) AccessControlDefaultAdminRules(adminDelay, admin) {
        _grantRole(REGISTRAR_ROLE, registrar);
    }

    /// @notice Makes a log known. Its first head is that of the empty tree.
    /// @param origin The first line of the log's checkpoints.
    /// @param poster Who may anchor; the zero address for nobody yet.
    /// @return log SHA-256 of the origin: by it the log is called from now on.
    function register(string calldata origin, address poster) external onlyRole(REGISTRAR_ROLE) returns (bytes32 log) {
        if (bytes(origin).length == 0) revert EmptyOrigin();
        log = sha256(bytes(origin));
        if (_logs[log].registered) revert AlreadyRegistered(log);
        _logs[log] = Log(poster, 0, true, sha256(""));
        emit Registered(log, origin);
        emit PosterSet(log, poster);
    }

    /// @notice Hands a log to another poster, or takes it from all with the zero address.
    /// @param log The log.
    /// @param poster Who may anchor from now on.
    function setPoster(bytes32 log, address poster) external onlyRole(REGISTRAR_ROLE) {
        if (!_logs[log].registered) revert NotRegistered(log);
        _logs[log].poster = poster;
        emit PosterSet(log, poster);
    }

    /// @notice Writes a checkpoint that is larger than the last.
    /// @param log The log.
    /// @param size Its number of entries.
    /// @param root Their Merkle root.
    function anchor(bytes32 log, uint64 size, bytes32 root) external {
        Log storage head = _logs[log];
        if (msg.sender != head.poster) revert NotPoster(log, msg.sender);
        if (size <= head.size) revert NotForwards(log, head.size, size);
        head.size = size;
        head.root = root;
        emit Anchored(log, size, root);
    }

    /// @notice The newest anchored head. All zero for a log nobody registered.
    /// @param log The log.
    /// @return head Its poster, size and root.
    function headOf(bytes32 log) external view returns (Log memory head) {
        return _logs[log];
    }
}
