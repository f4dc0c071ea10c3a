"""The public conformance suite for Jupyter kernels, with samples in TypeScript for every test."""

import unittest

import jupyter_kernel_test

DISPLAY = "import { html, clearOutput } from 'daybook/display';\n"


class DaybookKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "daybook"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oh no')"
    completion_samples = [
        {"text": "[1, 2].conc", "matches": {"concat"}},
        {"text": "Number.isSafe", "matches": {"isSafeInteger"}},
        # The cursor counts code points.
        {"text": "'😀'; Number.isSafe", "matches": {"isSafeInteger"}},
    ]
    complete_code_samples = ["const a = 1", "[1, 2].map((x) => x + 1)", "", "// a comment"]
    incomplete_code_samples = ["function f() {", "[1, 2", "`text", "/* a comment", "1 +"]
    invalid_code_samples = ["const 1 = a", "}", "'text"]
    code_page_something = "parseInt?"
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "'a' + 'b'", "result": "ab"},
        {"code": "[1, 2, 3]", "mime": "text/plain"},
    ]
    code_display_data = [
        {"code": DISPLAY + "html('<b>bold</b>')", "mime": "text/html"},
        {"code": DISPLAY + "html('<b>bold</b>')", "mime": "text/plain"},
    ]
    code_history_pattern = "1*2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "parseInt"
    code_clear_output = DISPLAY + "clearOutput()"


# Debian's release of the suite is from before the welcome message of protocol 5.4.
if hasattr(jupyter_kernel_test, "IopubWelcomeTests"):

    class DaybookWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
        kernel_name = "daybook"
        support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
