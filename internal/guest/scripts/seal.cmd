@echo off
setlocal DisableDelayedExpansion
rem Seals the image: removes what the build left, closes WinRM, blanks the password, powers off. Runs as SYSTEM. A step
rem that fails is named in a file, and the machine stays on, so that the build fails and nobody takes it for sealed.
rem What closes the build's own way in comes last.
set "user={{.User}}"
set "report=C:\Windows\Temp\guestprep-seal-failed.txt"
set "winlogon=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
set "policies=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
set "lsa=HKLM\SYSTEM\CurrentControlSet\Control\Lsa"
if exist "%report%" del /f /q "%report%"

rem The answer to the command that started this task is still on its way.
ping -n 6 127.0.0.1 >nul

set "step=delete the automatic logon of the build"
for %%v in (AutoAdminLogon AutoLogonCount DefaultPassword DefaultUserName DefaultDomainName ForceAutoLogon) do (
  reg query "%winlogon%" /v %%v >nul 2>nul && reg delete "%winlogon%" /v %%v /f >nul 2>nul
  reg query "%winlogon%" /v %%v >nul 2>nul && goto failed
)

set "step=delete the copies of the answer file"
if exist "%SystemRoot%\Panther\unattend.xml" del /f /q /a "%SystemRoot%\Panther\unattend.xml"
if exist "%SystemRoot%\Panther\unattend.xml" goto failed
if exist "%SystemRoot%\Panther\Unattend" rmdir /s /q "%SystemRoot%\Panther\Unattend"
if exist "%SystemRoot%\Panther\Unattend" goto failed
if exist "%SystemRoot%\Panther\UnattendGC" rmdir /s /q "%SystemRoot%\Panther\UnattendGC"
if exist "%SystemRoot%\Panther\UnattendGC" goto failed

set "step=forbid blank passwords over the network"
reg add "%lsa%" /v LimitBlankPasswordUse /t REG_DWORD /d 1 /f >nul || goto failed

set "step=close WinRM"
call winrm set winrm/config/service/auth @{Basic="false"} >nul || goto failed
call winrm set winrm/config/service @{AllowUnencrypted="false"} >nul || goto failed
call winrm delete winrm/config/listener?Address=*+Transport=HTTP >nul || goto failed
sc config winrm start= disabled >nul || goto failed
net stop winrm >nul || goto failed
reg query "%policies%" /v LocalAccountTokenFilterPolicy >nul 2>nul && reg delete "%policies%" /v LocalAccountTokenFilterPolicy /f >nul 2>nul
reg query "%policies%" /v LocalAccountTokenFilterPolicy >nul 2>nul && goto failed

set "step=delete the firewall rule that let WinRM in"
netsh advfirewall firewall show rule name="guestprep WinRM" >nul 2>nul || goto norule
netsh advfirewall firewall delete rule name="guestprep WinRM" >nul || goto failed
:norule

set "step=delete the logs of the build"
if exist "C:\Windows\Temp\guestprep-open-winrm.log" del /f /q "C:\Windows\Temp\guestprep-open-winrm.log"
if exist "C:\Windows\Temp\guestprep-open-winrm.log" goto failed

set "step=blank the password of %user%"
net user "%user%" "" >nul || goto failed

set "step=remove this task"
schtasks /Delete /TN "guestprep-seal" /F >nul || goto failed

rem This file is in the folder that goes. cmd has read the whole line before it begins, and could read none after it.
set "step=remove the build's files and power off"
cd /d "%SystemRoot%" && rmdir /s /q "C:\Windows\Temp\guestprep" && shutdown /s /f /t 0 || >"%report%" echo %step%
exit /b

:failed
>"%report%" echo %step%
exit /b 1
