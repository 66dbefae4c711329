// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GuaranteeRegistry} from "../src/GuaranteeRegistry.sol";
import {RegistryFixture} from "./RegistryFixture.sol";

/// @notice The worked example of docs/spec/guarantee.md, read out of the page and redone by the contract.
contract SpecExampleTest is RegistryFixture {
    string private page;

    function value(string memory name) private view returns (string memory) {
        string[] memory after_ = vm.split(page, string.concat("\n", name, " = "));
        vm.assertEq(after_.length, 2, name);
        return vm.split(after_[1], "\n")[0];
    }

    function test_the_page_has_the_contracts_commitment_and_id() public {
        page = vm.readFile("../docs/spec/guarantee.md");
        address place = vm.parseAddress(value("registry"));
        vm.etch(place, address(registry).code);
        vm.chainId(vm.parseUint(value("chain")));
        GuaranteeRegistry.Terms memory terms = GuaranteeRegistry.Terms(
            vm.parseBytes32(value("document")),
            vm.parseBytes32(value("salt")),
            uint96(vm.parseUint(value("amount"))),
            vm.parseAddress(value("beneficiary")),
            vm.parseAddress(value("guarantor"))
        );
        bytes memory typeText = bytes(value("type"));
        vm.assertEq(keccak256(typeText), registry.GUARANTEE_TYPEHASH());
        bytes32 body = keccak256(vm.parseBytes(value("struct_bytes")));
        vm.assertEq(body, vm.parseBytes32(value("struct_hash")));
        vm.assertEq(keccak256(abi.encode(registry.GUARANTEE_TYPEHASH(), terms)), body);
        bytes32 separator = keccak256(vm.parseBytes(value("domain_bytes")));
        vm.assertEq(separator, vm.parseBytes32(value("domain_separator")));
        bytes32 hidden = GuaranteeRegistry(place).commitmentOf(terms);
        vm.assertEq(hidden, vm.parseBytes32(value("commitment")));
        vm.assertEq(hidden, keccak256(abi.encodePacked(hex"1901", separator, body)));
        vm.assertEq(registry.idOf(terms.guarantor, hidden), vm.parseBytes32(value("id")));
    }
}
