// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {State} from "../src/Slot.sol";
import {Cheats, Vm} from "./Vm.sol";

/// @notice An indexer: all it knows of the registry comes from events. It notes what no history may hold.
contract Mirror is Cheats {
    struct Seen {
        address guarantor;
        address beneficiary;
        uint40 expiry;
        uint40 answerBy;
        uint8 extensionDays;
        uint96 amount;
        State state;
        uint256 demands;
        uint256 answers;
    }

    mapping(bytes32 id => Seen) private _seen;
    bytes32[] public ids;
    string public fault;

    function seen(bytes32 id) external view returns (Seen memory) {
        return _seen[id];
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function follow(Vm.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics.length > 1) _follow(logs[i]);
        }
    }

    function _follow(Vm.Log calldata log) private {
        bytes32 kind = log.topics[0];
        bytes32 id = log.topics[1];
        Seen storage it = _seen[id];
        if (kind == GuaranteeRegistry.Issued.selector) {
            _expect(it.state == State.None, "issued twice");
            ids.push(id);
            it.state = State.Issued;
            it.guarantor = address(uint160(uint256(log.topics[2])));
            (, it.expiry) = abi.decode(log.data, (bytes32, uint40));
        } else if (kind == GuaranteeRegistry.Presented.selector) {
            _expect(it.state == State.Issued && !_expired(it), "presented out of turn");
            it.state = State.Presented;
            (it.beneficiary, it.amount,) = abi.decode(log.data, (address, uint96, bytes32));
        } else if (kind == GuaranteeRegistry.Demanded.selector) {
            _demanded(it, log);
        } else if (kind == GuaranteeRegistry.Released.selector) {
            _expect(_standing(it), "released out of turn");
            it.state = State.Released;
        } else if (kind == GuaranteeRegistry.Paid.selector) {
            _answered(it, log, State.Paid);
        } else if (kind == GuaranteeRegistry.Refused.selector) {
            _expect(block.timestamp <= it.answerBy, "refused too late");
            _answered(it, log, State.Refused);
        } else if (kind == GuaranteeRegistry.Extended.selector) {
            uint40 expiry = abi.decode(log.data, (uint40));
            _expect(block.timestamp <= it.answerBy, "extended too late");
            _expect(it.extensionDays != 0 && expiry == it.expiry + uint40(it.extensionDays) * 1 days, "extended otherwise");
            it.expiry = expiry;
            it.extensionDays = 0;
            _answered(it, log, State.Presented);
        }
    }

    function _demanded(Seen storage it, Vm.Log calldata log) private {
        uint96 amount;
        _expect(_standing(it), "demanded out of turn");
        _expect(uint40(uint256(log.topics[2])) > it.answerBy, "two demands of one name");
        (amount, it.extensionDays,) = abi.decode(log.data, (uint96, uint8, bytes32));
        _expect(amount > 0 && amount <= it.amount, "demanded beyond the amount");
        it.answerBy = uint40(uint256(log.topics[2]));
        it.state = State.Demanded;
        ++it.demands;
    }

    function _answered(Seen storage it, Vm.Log calldata log, State next) private {
        _expect(it.state == State.Demanded && it.answerBy == uint256(log.topics[2]), "answered out of turn");
        it.state = next;
        ++it.answers;
    }

    function _standing(Seen storage it) private view returns (bool) {
        return (it.state == State.Presented || it.state == State.Refused) && !_expired(it);
    }

    function _expired(Seen storage it) private view returns (bool) {
        return block.timestamp > it.expiry;
    }

    function _expect(bool condition, string memory otherwise) private {
        if (!condition) fault = otherwise;
    }
}
