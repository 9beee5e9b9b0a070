@echo off
setlocal DisableDelayedExpansion
rem Seals the image: removes what the build left, closes WinRM, blanks the password, powers off. Runs as SYSTEM. A step
rem that fails is named in a file, and the machine stays on, so that the build fails and nobody takes it for sealed.
rem What closes the build's own way in comes last.
set "user={{.User}}"
set "build=C:\Windows\Temp\guestprep"
set "report=C:\Windows\Temp\guestprep-seal-failed.txt"
set "winlogon=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
set "policies=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
set "lsa=HKLM\SYSTEM\CurrentControlSet\Control\Lsa"
set left=
if exist "%report%" del /f /q "%report%"

rem The answer to the command that started this task is still on its way.
ping -n 6 127.0.0.1 >nul

set "step=delete the automatic logon of the build"
for %%v in (AutoAdminLogon AutoLogonCount DefaultPassword DefaultUserName DefaultDomainName ForceAutoLogon) do call :value "%winlogon%" %%v
if defined left goto failed

set "step=delete the copies of the answer file"
call :file "%SystemRoot%\Panther\unattend.xml"
call :folder "%SystemRoot%\Panther\Unattend"
call :folder "%SystemRoot%\Panther\UnattendGC"
if defined left goto failed

set "step=delete the build's files"
call :file "C:\Windows\Temp\guestprep-open-winrm.log"
call :folder "%build%\work"
if defined left goto failed

set "step=forbid blank passwords over the network"
reg add "%lsa%" /v LimitBlankPasswordUse /t REG_DWORD /d 1 /f >nul
if errorlevel 1 goto failed

set "step=close WinRM"
call winrm set winrm/config/service/auth @{Basic="false"} >nul
if errorlevel 1 goto failed
call winrm set winrm/config/service @{AllowUnencrypted="false"} >nul
if errorlevel 1 goto failed
call winrm delete winrm/config/listener?Address=*+Transport=HTTP >nul
if errorlevel 1 goto failed
sc config winrm start= disabled >nul
if errorlevel 1 goto failed
net stop winrm >nul
if errorlevel 1 goto failed
call :value "%policies%" LocalAccountTokenFilterPolicy
if defined left goto failed

rem Another builder's rule has another name, and lets in nobody any more.
set "step=delete the firewall rule that let WinRM in"
netsh advfirewall firewall show rule name="guestprep WinRM" >nul 2>nul
if errorlevel 1 goto norule
netsh advfirewall firewall delete rule name="guestprep WinRM" >nul
if errorlevel 1 goto failed
:norule

set "step=blank the password of %user%"
net user "%user%" "" >nul
if errorlevel 1 goto failed

set "step=remove this task"
schtasks /Delete /TN "guestprep-seal" /F >nul
if errorlevel 1 goto failed

rem This file is in the folder that goes. cmd has read the whole line before it begins, and could read none after it.
cd /d "%SystemRoot%" & rmdir /s /q "%build%" & shutdown /s /f /t 0
exit /b

:failed
>"%report%" echo %step%
exit /b 1

rem These delete something, if it is there, and note in left that it is still there.
:value
reg delete %1 /v %2 /f >nul 2>nul
reg query %1 /v %2 >nul 2>nul
if not errorlevel 1 set left=1
exit /b 0

:file
if exist %1 del /f /q /a %1
if exist %1 set left=1
exit /b 0

:folder
if exist %1 rmdir /s /q %1
if exist %1 set left=1
exit /b 0
