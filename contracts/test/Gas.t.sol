// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {State} from "../src/Slot.sol";
import {LedgerAnchor} from "../src/LedgerAnchor.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @notice What each act costs as a transaction of its own, calldata and all, against their limits.
/// forge-config: default.isolate = true
contract GasTest is RegistryFixture {
    event Cost(string act, uint256 gas, uint256 limit);

    uint256 private constant BATCH = 50;

    function measured(string memory act, uint256 limit, uint256 share) private {
        uint256 gas = vm.lastCallGas().gasTotalUsed / share;
        emit Cost(act, gas, limit);
        vm.assertLe(gas, limit, act);
    }

    function digest(uint256 number) private pure returns (bytes32) {
        return keccak256(abi.encode("gas", number));
    }

    /// @dev Addresses and amounts with hardly a zero byte, as real ones are.
    function realistic() private pure returns (GuaranteeRegistry.Terms memory terms) {
        terms = example();
        terms.beneficiary = address(uint160(uint256(digest(0)) | 1));
        terms.guarantor = address(uint160(uint256(digest(1)) | 1));
    }

    function test_a_guarantee_costs_no_more_than_its_limit() public {
        GuaranteeRegistry.Terms memory terms = realistic();
        vm.prank(REGULATOR);
        registry.license(terms.guarantor);
        bytes32 hidden = registry.commitmentOf(terms);

        vm.prank(terms.guarantor);
        bytes32 id = registry.issue(hidden, EXPIRY);
        measured("issue", 49_000, 1);
        registry.present(terms);
        measured("present", 31_000, 1);
        vm.prank(terms.beneficiary);
        uint40 answerBy = registry.demand(terms, AMOUNT, 30, PAPER);
        measured("demand", 36_000, 1);
        vm.prank(terms.guarantor);
        registry.extend(hidden, answerBy);
        measured("extend", 36_000, 1);
        vm.warp(NOW + 1);
        vm.prank(terms.beneficiary);
        answerBy = registry.demand(terms, AMOUNT, 0, PAPER);
        vm.prank(terms.guarantor);
        registry.refuse(hidden, answerBy, PAPER);
        measured("refuse", 36_000, 1);
        vm.warp(NOW + 2);
        vm.prank(terms.beneficiary);
        answerBy = registry.demand(terms, AMOUNT, 0, PAPER);
        vm.prank(terms.guarantor);
        registry.pay(hidden, answerBy, PAPER);
        measured("pay", 36_000, 1);
        vm.assertEq(uint256(registry.guaranteeOf(id).state), uint256(State.Paid));
    }

    function test_release_costs_no_more_than_its_limit() public {
        GuaranteeRegistry.Terms memory terms = realistic();
        vm.prank(REGULATOR);
        registry.license(terms.guarantor);
        bytes32 hidden = registry.commitmentOf(terms);
        vm.prank(terms.guarantor);
        bytes32 id = registry.issue(hidden, EXPIRY);
        registry.present(terms);
        vm.prank(terms.beneficiary);
        registry.release(id);
        measured("release", 28_500, 1);
    }

    function test_a_batch_of_fifty_costs_no_more_than_its_limit() public {
        GuaranteeRegistry.Undertaking[] memory batch = new GuaranteeRegistry.Undertaking[](BATCH);
        for (uint256 i = 0; i < BATCH; ++i) {
            batch[i] = GuaranteeRegistry.Undertaking(digest(i), EXPIRY + uint40(i));
        }
        vm.prank(GUARANTOR);
        registry.issueBatch(batch);
        measured("issueBatch of 50, each", 27_000, BATCH);
    }

    function test_anchoring_costs_no_more_than_its_limit() public {
        LedgerAnchor anchors = new LedgerAnchor(ADMIN, 3 days, REGULATOR);
        vm.prank(REGULATOR);
        bytes32 log = anchors.register("log.example/sunseal", STRANGER);
        vm.prank(STRANGER);
        anchors.anchor(log, 4_000_000, digest(0));
        measured("anchor, the first", 37_000, 1);
        vm.prank(STRANGER);
        anchors.anchor(log, 4_001_000, digest(1));
        measured("anchor", 37_000, 1);
    }
}
