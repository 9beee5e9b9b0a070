@"%SystemRoot%\standin\winrm.exe" %*
