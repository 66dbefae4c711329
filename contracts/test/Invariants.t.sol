// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {State} from "../src/Slot.sol";
import {Handler} from "./Handler.sol";
import {Mirror} from "./Mirror.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @notice What holds after whatever the parties do. Any act of theirs that fails, fails the run.
contract InvariantsTest is RegistryFixture {
    Handler private _handler;

    function setUp() public override {
        super.setUp();
        _handler = new Handler(registry, REGULATOR);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_every_history_is_lawful_and_can_be_rebuilt_from_events() public {
        Mirror mirror = _handler.mirror();
        vm.warp(_handler.clock());
        vm.assertEq(bytes(mirror.fault()).length, 0, mirror.fault());
        vm.assertEq(bytes(_handler.trespassed()).length, 0, _handler.trespassed());
        // The newest move most; all are looked at when the run ends.
        uint256 count = mirror.count();
        for (uint256 i = count > 20 ? count - 20 : 0; i < count; ++i) {
            check(mirror, mirror.ids(i));
        }
    }

    /// @dev Forge calls this at the end of each run.
    function afterInvariant() public {
        vm.warp(_handler.clock());
        Mirror mirror = _handler.mirror();
        for (uint256 i = 0; i < mirror.count(); ++i) {
            check(mirror, mirror.ids(i));
        }
        // A run this long has done everything; one that forge shortens to show a failure need not.
        if (_handler.acts() < 400) return;
        string[9] memory names =
            ["issue", "issueBatch", "present", "demand", "pay", "refused in time", "extended in time", "release", "suspend"];
        for (uint256 i = 0; i < names.length; ++i) {
            vm.assertGe(_handler.done(names[i]), 1, names[i]);
        }
    }

    function check(Mirror mirror, bytes32 id) private view {
        Mirror.Seen memory seen = mirror.seen(id);
        GuaranteeRegistry.Guarantee memory kept = registry.guaranteeOf(id);
        bool open = seen.state == State.Demanded;
        bool waiting = seen.state == State.Issued || seen.state == State.Presented || seen.state == State.Refused;
        State wanted = waiting && block.timestamp > seen.expiry ? State.Expired : seen.state;
        vm.assertEq(uint256(kept.state), uint256(wanted), "state is not that of the events");
        vm.assertEq(kept.expiry, seen.expiry, "expiry is not that of the events");
        vm.assertEq(kept.answerBy, seen.answerBy, "answerBy is not that of the events");
        vm.assertEq(kept.extensionDays, seen.extensionDays, "extension is not that of the events");
        vm.assertEq(kept.beneficiary, seen.beneficiary);
        vm.assertEq(seen.demands, seen.answers + (open ? 1 : 0), "a demand is answered once");
    }
}
